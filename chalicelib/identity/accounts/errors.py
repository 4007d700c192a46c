"""The errors of organisations and user accounts."""

from typing import Self

from chalicelib.core.errors import Conflict


class NameTaken(Conflict):
    """Another user, perhaps of another organisation, signs in by this name.

    `details.field` is the field that holds it: `username`, `email` or `phone`.
    """

    code, summary = "NAME_TAKEN", "This name is already in use."

    @classmethod
    def example(cls) -> Self:
        """Return the error as the API description shows it."""
        return cls("This e-mail address is already in use.", details={"field": "email"})


class OrganisationExists(Conflict):
    """An organisation with this id exists. `details` is empty; no endpoint creates organisations."""

    code, summary = "ORGANISATION_EXISTS", "An organisation with this name already exists."
