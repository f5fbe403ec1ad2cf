"""One writer per proceeding: mailbox, clerk, clock."""
