"""The permissions of courier dispatch."""

READ = "dispatch.order.read"
CREATE = "dispatch.order.create"
FOLLOW = "dispatch.order.follow"
CANCEL = "dispatch.order.cancel"
ANSWER = "dispatch.offer.answer"
AVAILABILITY = "dispatch.courier.availability"
POSITION = "dispatch.courier.position"
