"""The rules of every proceeding: pure, handed everything, reading no clock, file, socket or dice."""
