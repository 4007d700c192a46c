"""The errors of photo uploads."""

from chalicelib.core.errors import Conflict, NotFound


class NoSuchPhoto(NotFound):
    """The photo does not exist, or was deleted at the same moment. `details` is empty."""

    summary = "Photo not found."


class NoSuchUpload(NotFound):
    """The upload does not exist, or its time is over. `details` is empty."""

    summary = "Upload not found, or no longer valid."


class FileNotUploaded(Conflict):
    """An upload is confirmed before its file was uploaded. `details` is empty."""

    summary = "The file has not been uploaded yet."
