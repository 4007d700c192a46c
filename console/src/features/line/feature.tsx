import { IconBattery3, IconBinaryTree } from "@tabler/icons-react";
import type { Feature } from "~/app/feature";
import { MAY_CREATE } from "./create/permissions";
import { MAY_HOLD } from "./holds/permissions";
import { MAY_LOT } from "./lots/permissions";
import { names } from "./names";
import { MAY_PASSPORT } from "./passport/permissions";
import { MAY_RECALL } from "./recalls/permissions";
import { READ_REPORT } from "./reports/permissions";

/** The permissions that the pages and buttons ask for. */
export const MAY = {
  readSkus: "manufacturing.sku.read",
  activateSku: "manufacturing.sku.activate",
  readBatches: "manufacturing.batch.read",
  startBatch: "manufacturing.batch.start",
  completeBatch: "manufacturing.batch.complete",
  readModules: "manufacturing.module.read",
  sealModule: "manufacturing.module.seal",
  readPacks: "manufacturing.pack.read",
  sealPack: "manufacturing.pack.seal",
  dispose: "manufacturing.pack.disposition",
  trace: "manufacturing.trace.read",
} as const;

const ANY = [MAY.readPacks, MAY.readModules, MAY.readBatches, MAY.readSkus] as const;

const { tabs } = names;

export const feature: Feature = {
  id: "line",
  routes: [
    { path: "line", title: names.line, permission: ANY, load: () => import("./home") },
    { path: "line/packs", title: tabs.packs, permission: MAY.readPacks, load: () => import("./packs-page") },
    { path: "line/packs/:packId", title: tabs.packs, permission: MAY.readPacks, load: () => import("./pack-page") },
    {
      path: "line/packs/:packId/passport",
      title: names.passport.title,
      permission: MAY_PASSPORT.read,
      load: () => import("./passport/passport-page"),
    },
    { path: "line/modules", title: tabs.modules, permission: MAY.readModules, load: () => import("./modules-page") },
    {
      path: "line/modules/:moduleId",
      title: tabs.modules,
      permission: MAY.readModules,
      load: () => import("./module-page"),
    },
    { path: "line/batches", title: tabs.batches, permission: MAY.readBatches, load: () => import("./batches-page") },
    {
      path: "line/batches/:batchId",
      title: tabs.batches,
      permission: MAY.readBatches,
      load: () => import("./batch-page"),
    },
    { path: "line/skus", title: tabs.skus, permission: MAY.readSkus, load: () => import("./skus-page") },
    {
      path: "line/skus/new",
      title: tabs.skus,
      permission: MAY_CREATE.sku,
      load: () => import("./create/sku-new-page"),
    },
    {
      path: "line/skus/:skuId/edit",
      title: tabs.skus,
      permission: MAY_CREATE.editSku,
      load: () => import("./create/sku-edit-page"),
    },
    { path: "line/skus/:skuId", title: tabs.skus, permission: MAY.readSkus, load: () => import("./sku-page") },
    {
      path: "line/quarantine",
      title: tabs.quarantine,
      permission: MAY.readPacks,
      load: () => import("./holds/quarantine-page"),
    },
    { path: "line/holds", title: tabs.holds, permission: MAY_HOLD.read, load: () => import("./holds/holds-page") },
    {
      path: "line/reports",
      title: names.reports.title,
      permission: READ_REPORT,
      load: () => import("./reports/reports-page"),
    },
    { path: "trace", title: names.tracing.title, permission: MAY.trace, load: () => import("./trace-page") },
    { path: "trace/recall", title: names.recall.title, permission: MAY.trace, load: () => import("./recall-page") },
    {
      path: "trace/lots",
      title: names.lots.title,
      permission: MAY_LOT.read,
      load: () => import("./lots/lots-page"),
    },
    {
      path: "trace/recalls",
      title: names.recalls.title,
      permission: MAY_RECALL.read,
      load: () => import("./recalls/recalls-page"),
    },
    {
      path: "trace/recalls/:recallId",
      title: names.recalls.title,
      permission: MAY_RECALL.read,
      load: () => import("./recalls/recall-case-page"),
    },
  ],
  navigation: [
    {
      to: "/line",
      label: names.line,
      icon: IconBattery3,
      section: "work",
      order: 60,
      permission: ANY,
      keywords: "packs modules batches skus production quality disposition test report yield cpk hold quarantine",
    },
    {
      to: "/trace",
      label: names.traceability,
      icon: IconBinaryTree,
      section: "work",
      order: 61,
      permission: MAY.trace,
      keywords: "trace serial genealogy recall lot cell epcis export",
    },
  ],
};
