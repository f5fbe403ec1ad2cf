"""What crosses the socket and lies on disk. Shared with clients."""
