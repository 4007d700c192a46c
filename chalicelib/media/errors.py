"""The errors of photo uploads."""

from chalicelib.core.errors import Conflict, NotFound


class NoSuchPhoto(NotFound):
    """The photo does not exist, or was deleted at the same moment."""

    summary = "Photo not found."


class NoSuchUpload(NotFound):
    """The upload does not exist, or its time is over."""

    summary = "Upload not found, or no longer valid."


class FileNotUploaded(Conflict):
    """The client confirms an upload whose file is not in the bucket."""

    summary = "The file has not been uploaded yet."
