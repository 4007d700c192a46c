"""Finds the assignment that a user had in hand at a moment, for events that name none."""

from collections.abc import Sequence
from functools import partial

from chalicelib.core.store import Query, get, parallel_pair_reads
from chalicelib.picking.assignments.queries import active_assignment_id
from chalicelib.picking.ledger.event_parsing import ParsedEvent
from chalicelib.picking.tables import PickerClaim, claim_sort_key, picker_key

_PAGE = 10


class InHandFinder:
    """Finds assignments of one user. Claims that were made before claims were recorded are known while they last."""

    def __init__(self, org_id: str, user_id: str) -> None:
        self._key = picker_key(org_id, user_id)

    def resolve(self, events: Sequence[ParsedEvent], arrived_at: int) -> None:
        """Set the assignments of the events; those of which none is found keep None. Raise `Unavailable`."""
        moments = [min(event.happened_at, arrived_at) for event in events]
        pickers, claims = parallel_pair_reads(
            [partial(get, self._key)], [partial(self._claims, min(moments), max(moments))]
        )
        current = active_assignment_id(pickers[0])
        for event, moment in zip(events, moments, strict=True):
            claimed = (claim.assignment_id for claim in claims[0] if claim.at <= moment)
            event.assignment_id = next(claimed, current)

    def _claims(self, earliest: int, latest: int) -> list[PickerClaim]:
        """Return the claims up to the latest moment, newest first, back to the one before the earliest moment."""
        within = PickerClaim.sk.between(claim_sort_key(0), claim_sort_key(latest + 1))
        query = Query(PickerClaim, self._key.pk, range_condition=within, newest_first=True)
        claims = list[PickerClaim]()
        for item in query.raw_items(_PAGE):
            claims.append(PickerClaim.from_raw_data(item))
            if claims[-1].at <= earliest:
                break
        return claims
