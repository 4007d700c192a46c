import { type Story, textAt } from "./story";
import { texts } from "./texts";

const OPERATIONS = "ops1";
const LEAD = "maint1";
const TECHNICIAN = "tech1";

const { steps } = texts.repair;

/** The version has to be sent with each step of a technician. */
const keepVersion = (body: unknown) => ({ version: textAt(body, "version") });

export const repair: Story = {
  id: "repair",
  title: texts.repair.title,
  text: texts.repair.text,
  watch: { to: "/repairs", label: texts.repair.watch },
  steps: [
    {
      ...steps.route,
      call: () => ({
        who: OPERATIONS,
        method: "POST",
        path: "/v1/work-orders",
        body: {
          checklistRef: "CL-2041",
          itemRef: "A-3",
          priority: "HIGH",
          instructions: "Water stands 4 cm too low.",
          allowDuplicate: true,
        },
      }),
      keep: (body) => ({ order: textAt(body, "id"), version: textAt(body, "version") }),
    },
    {
      ...steps.assign,
      call: async ({ order, version = "" }, people) => ({
        who: LEAD,
        method: "PATCH",
        path: `/v1/work-orders/${order}/assign`,
        headers: { "If-Match": `"${version}"` },
        body: { technicianId: await people.idOf(TECHNICIAN) },
      }),
      keep: keepVersion,
    },
    {
      ...steps.start,
      call: ({ order, version }) => ({
        who: TECHNICIAN,
        method: "PATCH",
        path: `/v1/work-orders/${order}/start`,
        headers: { "If-Match": `"${version}"` },
      }),
      keep: keepVersion,
    },
    { ...steps.early, status: 422, call: ({ order, version }) => done(order, version) },
    {
      ...steps.photo,
      call: async ({ order = "" }) => ({
        who: TECHNICIAN,
        method: "POST",
        path: "/v1/uploads/photos",
        form: {
          fields: { workOrderId: order, kind: "COMPLETION" },
          file: { name: "fixed.jpg", content: await drawnPhoto() },
        },
      }),
    },
    { ...steps.done, call: ({ order, version }) => done(order, version) },
    { ...steps.look, call: ({ order }) => ({ who: LEAD, method: "GET", path: `/v1/work-orders/${order}` }) },
  ],
};

function done(order: string | undefined, version: string | undefined) {
  return {
    who: TECHNICIAN,
    method: "PATCH",
    path: `/v1/work-orders/${order}/done`,
    headers: { "If-Match": `"${version}"` },
    body: { fixNote: "Valve replaced" },
  } as const;
}

/** Return a picture that stands for the photo of a finished repair. */
async function drawnPhoto(): Promise<Blob> {
  const canvas = document.createElement("canvas");
  canvas.width = 640;
  canvas.height = 480;
  const drawing = canvas.getContext("2d");
  if (drawing !== null) {
    drawing.fillStyle = "#2a8089";
    drawing.fillRect(0, 0, canvas.width, canvas.height);
    drawing.fillStyle = "#ffffff";
    drawing.font = "48px sans-serif";
    drawing.fillText(texts.repair.photo, 48, 250);
  }
  return await new Promise((resolve, reject) =>
    canvas.toBlob((blob) => (blob === null ? reject(new Error(texts.noPhoto)) : resolve(blob)), "image/jpeg"),
  );
}
