"""The permissions of maintenance."""

from collections.abc import Mapping

from chalicelib.maintenance.rules import WorkOrderAction

DASHBOARD = "maintenance.dashboard.read"
READ = "maintenance.workorder.read"
LIST = "maintenance.workorder.list"
CREATE = "maintenance.workorder.create"
ASSIGN = "maintenance.workorder.assign"
OUTSOURCE = "maintenance.workorder.outsource"
START = "maintenance.workorder.start"
FINISH = "maintenance.workorder.finish"
RETURN = "maintenance.workorder.return"
HOLD = "maintenance.workorder.hold"
CANCEL = "maintenance.workorder.cancel"
EDIT = "maintenance.workorder.edit"
REOPEN = "maintenance.workorder.reopen"
COMMENT = "maintenance.comment.create"
RECORD_LABOUR = "maintenance.labour.record"
RECORD_PARTS = "maintenance.part.record"
READ_TECHNICIANS = "maintenance.technician.read"
READ_CHECKLIST = "maintenance.checklist.read"
READ_RIDES = "maintenance.ride.read"
IMPORT_RIDES = "maintenance.ride.import"
IMPORT_CHECKLISTS = "maintenance.checklist.import"
UPLOAD_PHOTO = "maintenance.photo.upload"
DELETE_PHOTO = "maintenance.photo.delete"
READ_SCHEDULES = "maintenance.schedule.read"
MANAGE_SCHEDULES = "maintenance.schedule.manage"
READ_REPORTS = "maintenance.report.read"

STEPS: Mapping[WorkOrderAction, str] = {
    WorkOrderAction.ASSIGN: ASSIGN,
    WorkOrderAction.START: START,
    WorkOrderAction.FINISH: FINISH,
    WorkOrderAction.RETURN: RETURN,
    WorkOrderAction.HOLD: HOLD,
    WorkOrderAction.RESUME: HOLD,
    WorkOrderAction.OUTSOURCE: OUTSOURCE,
    WorkOrderAction.FINISH_BY_VENDOR: OUTSOURCE,
    WorkOrderAction.RECALL: OUTSOURCE,
    WorkOrderAction.CANCEL: CANCEL,
    WorkOrderAction.REOPEN: REOPEN,
    WorkOrderAction.EDIT: EDIT,
}
"""The permission of each step of a work order; roles hold it with a scope."""
