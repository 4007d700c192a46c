"""The errors of organisations and user accounts."""

from chalicelib.core.errors import Conflict


class NameTaken(Conflict):
    """Another user signs in by this name."""

    code, summary = "NAME_TAKEN", "This name is already in use."


class OrganisationExists(Conflict):
    """An organisation with this id exists."""

    code, summary = "ORGANISATION_EXISTS", "An organisation with this name already exists."
