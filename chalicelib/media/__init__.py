"""Photos and files: upload, verification, storage and presigned addresses, for any domain."""
