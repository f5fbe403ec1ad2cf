"""
Backup and restore: everything that must be kept, copied while an engine serves, checked by deciding it again.

Head anchors prove that a journal is whole. They are not put into a backup, or both would be old together:
see ``engine/deploy/BACKUP.md``.
"""
