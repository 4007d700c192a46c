"""What work orders use: labour and parts."""
