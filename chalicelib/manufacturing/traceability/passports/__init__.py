"""The battery passport of a pack: its attributes, who may see them, and its public address."""
