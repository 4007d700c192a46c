"""Telling people things as they happen: mailboxes, their delivery, and the sockets that people hang on."""
