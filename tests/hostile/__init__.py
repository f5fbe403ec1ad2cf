"""What people with bad intentions type, send and upload."""
