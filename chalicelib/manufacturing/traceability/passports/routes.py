"""Endpoints of battery passports: for the console, as a QR code, and for everybody who has the battery."""

from typing import Any

from chalicelib.edge.dependencies import dependencies
from chalicelib.edge.endpoint import Resource
from chalicelib.edge.request import Empty, Request, Response, text
from chalicelib.edge.routes import Routes
from chalicelib.identity.accounts.tables import organisation_key
from chalicelib.manufacturing import permissions
from chalicelib.manufacturing.resources import PACK_RESOURCE
from chalicelib.manufacturing.schemas import Envelope
from chalicelib.manufacturing.tables import Pack
from chalicelib.manufacturing.traceability.passports import examples, queries
from chalicelib.manufacturing.traceability.passports.errors import NoPassportAddress
from chalicelib.manufacturing.traceability.passports.rules import PassportScope
from chalicelib.manufacturing.traceability.passports.schemas import PassportQuery, PassportView, QrQuery
from chalicelib.manufacturing.traceability.passports.views import passport_view

routes = Routes(__name__, "Traceability")

SVG = "image/svg+xml"
_ORGANISATION = Resource(key=organisation_key, id_from=(), required=False)


@routes.get(
    "/v1/packs/{pack_id}/passport",
    permission=permissions.READ_PASSPORT,
    resource=PACK_RESOURCE,
    related={"organisation": _ORGANISATION},
    query=PassportQuery,
    returns=Envelope[PassportView],
    view=passport_view,
    examples={"response": {"data": examples.PASSPORT}},
)
def get_passport(request: Request[Empty, PassportQuery, Pack]) -> queries.PassportRead:
    """Get the battery passport of a pack: the attributes of Annex XIII of Regulation (EU) 2023/1542 that are known.

    The restricted view also has those for persons with a legitimate interest and for authorities, the status of the
    pack, and which required attributes are missing; it needs the permission `manufacturing.passport.restricted`.
    """
    pack, scope = request.resource, request.query.view
    if scope is PassportScope.RESTRICTED:
        request.actor.require_reach(permissions.READ_RESTRICTED_PASSPORT, owners=(pack.created_by,))
    return queries.get_passport(pack, request.related["organisation"], scope, dependencies().settings)


@routes.get(
    "/v1/packs/{pack_id}/passport/qr",
    permission=permissions.READ_PASSPORT,
    resource=PACK_RESOURCE,
    related={"organisation": _ORGANISATION},
    query=QrQuery,
    returns=str,
    media_type=SVG,
    errors=[NoPassportAddress],
    examples={"response": examples.QR},
)
def get_passport_qr(request: Request[Empty, QrQuery, Pack]) -> Response[Any]:
    """Get the QR code for the label of a pack, as SVG.

    It holds the GS1 Digital Link of the pack at the organisation's resolver if the SKU's packs have a GTIN and GS1
    allows the serial number; else the address of the public page of the passport.
    """
    address = queries.get_qr_address(request.resource, request.related["organisation"], dependencies().settings)
    from chalicelib.manufacturing.traceability.passports.qr import qr_svg

    return text(qr_svg(address), SVG)


@routes.get(
    "/v1/passports/{token}",
    public=True,
    returns=Envelope[PassportView],
    view=passport_view,
    examples={"path": {"token": examples.TOKEN}, "response": {"data": examples.PUBLIC_PASSPORT}},
)
def open_passport(request: Request[Empty]) -> queries.PassportRead:
    """Get the public part of a battery passport by the token in its address, without signing in.

    A token that names no pack is 404, and so is one of a pack that was never sealed or is void.
    """
    return queries.open_passport(request.path["token"], dependencies())
