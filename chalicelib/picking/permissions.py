"""The permissions of picking."""

READ_STATE = "picking.state.read"
SEND_EVENTS = "picking.event.send"
CLAIM = "picking.assignment.claim"
RELEASE = "picking.assignment.release"
CLOSE = "picking.assignment.close"
READ = "picking.assignment.read"
IMPORT = "picking.assignment.import"
