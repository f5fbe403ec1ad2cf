"""
Several machines: gateways anywhere follow a room that one engine holds.

The engine's journal is the truth; what carries its records is not believed. Each commit is checked by its signature and its place in
the chain when it arrives, and whoever sees a gap asks the engine itself. So whatever a carrier loses, doubles, rolls back or makes up
is a delay, and never a lost acknowledgement. Only this package imports ``redis``.
"""
