import styles from "./label.module.css";
import type { Label, LabelElement } from "./zpl";

/** The printer's font is bold and condensed; this one is made as narrow. */
const CONDENSED = 0.85;
/** Where letters stand below the top of their line, relative to its height. */
const BASELINE = 0.78;

/** Draws a label as the printer does; `name` is what people hear who do not see it. */
export function LabelPicture({ label, name }: { label: Label; name: string }) {
  return (
    <svg className={styles.picture} viewBox={`0 0 ${label.width} ${label.height}`} role="img" aria-label={name}>
      <rect width={label.width} height={label.height} fill="#fff" />
      {label.elements.map((element) => (
        <Element key={`${element.kind} ${element.x} ${element.y}`} element={element} />
      ))}
    </svg>
  );
}

function Element({ element }: { element: LabelElement }) {
  if (element.kind === "text") return <Text {...element} />;
  if (element.kind === "barcode") return <Bars {...element} />;
  if (element.kind === "graphic") return <Graphic {...element} />;
  const { x, y, width, height, thickness } = element;
  if (thickness * 2 >= Math.min(width, height)) return <rect x={x} y={y} width={width} height={height} />;
  return (
    <rect
      x={x + thickness / 2}
      y={y + thickness / 2}
      width={width - thickness}
      height={height - thickness}
      fill="none"
      stroke="#000"
      strokeWidth={thickness}
    />
  );
}

function Text({ x, y, text, height, width, centredIn }: Extract<LabelElement, { kind: "text" }>) {
  const left = centredIn === null ? x : x + centredIn / 2;
  return (
    <text
      className={styles.text}
      transform={`translate(${left} ${y + height * BASELINE}) scale(${(CONDENSED * width) / height} 1)`}
      fontSize={height}
      textAnchor={centredIn === null ? "start" : "middle"}
      xmlSpace="preserve"
    >
      {text}
    </text>
  );
}

function Bars({ x, y, module, height, widths }: Extract<LabelElement, { kind: "barcode" }>) {
  return <path d={barsOf(widths, { x, y, module, height })} shapeRendering="crispEdges" data-barcode />;
}

function Graphic({ x, y, runs }: Extract<LabelElement, { kind: "graphic" }>) {
  const dots = runs.map(({ left, top, width }) => `M${x + left} ${y + top}h${width}v1h${-width}z`);
  return <path d={dots.join("")} shapeRendering="crispEdges" data-graphic />;
}

/** Return the outline of the bars: every other width is a space. */
function barsOf(widths: readonly number[], { x, y, module, height }: BarPlace): string {
  let left = x;
  return widths
    .map((width, index) => {
      const start = left;
      left += width * module;
      return index % 2 === 0 ? `M${start} ${y}h${width * module}v${height}h${-width * module}z` : "";
    })
    .join("");
}

interface BarPlace {
  x: number;
  y: number;
  module: number;
  height: number;
}
