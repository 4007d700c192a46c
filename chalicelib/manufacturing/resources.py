"""The resources that requests of manufacturing name, in the path or in the body.

"Own" refers to the creator of an entity. Entities that a body names are not subject to the caller's scope.
"""

from msgspec.structs import replace

from chalicelib.core.actor import Actor
from chalicelib.edge.endpoint import Resource
from chalicelib.manufacturing.rules import BATCH, MODULE, PACK, SKU
from chalicelib.manufacturing.tables import ListedEntity, batch_key, module_key, pack_key, sku_key


def _creator(entity: ListedEntity, _: Actor) -> tuple[str]:
    return (entity.created_by,)


SKU_RESOURCE = Resource(key=sku_key, id_from=("sku_id",), id_name="skuId", name="SKU", owners=_creator, states=SKU)
BATCH_RESOURCE = Resource(key=batch_key, id_from=("batch_id",), id_name="batchId", owners=_creator, states=BATCH)
MODULE_RESOURCE = Resource(key=module_key, id_from=("module_id",), id_name="moduleId", owners=_creator, states=MODULE)
PACK_RESOURCE = Resource(key=pack_key, id_from=("pack_id",), id_name="packId", owners=_creator, states=PACK)

SKU_IN_BODY = replace(SKU_RESOURCE, id_from=("skuId",), in_scope=False)
BATCH_IN_BODY = replace(BATCH_RESOURCE, id_from=("batchId",), in_scope=False)
MODULE_IN_BODY = replace(MODULE_RESOURCE, id_from=("moduleId",), in_scope=False)
