import type Plot from "uplot";
import { bytes, element } from "./parts.js";
import type { Server } from "./types.js";

/** uPlot's script gives its class to the window. */
declare const uPlot: typeof Plot;

/** An hour at a figure every two seconds. */
const MOST = 1800;
const HEIGHT = 150;

/** Steps of a memory axis: 64 MiB is a round number, 50,000,000 bytes is none. */
const POWERS = Array.from({ length: 50 }, (_, power) => 2 ** power);

const timeOf = (seconds: number) => new Date(seconds * 1000).toLocaleTimeString();

interface Chart {
  readonly plot: Plot;
  readonly data: [number[], (number | null)[]];
}

const charts = new Map<string, Chart>();

/** Adds a role's figures of this moment to its charts; the first time, makes them. */
export function drawCharts(holder: HTMLElement, role: string, { memory, opsPerSecond }: Server): void {
  add(holder, `${role}-memory`, "memory", memory.usedBytes, bytes, memory.limitBytes || undefined);
  add(holder, `${role}-ops`, "operations a second", opsPerSecond, String);
}

function add(
  holder: HTMLElement,
  id: string,
  title: string,
  value: number,
  label: (value: number) => string,
  limit?: number,
): void {
  const chart = charts.get(id) ?? make(holder, id, title, label, limit);
  const [times, values] = chart.data;
  times.push(Date.now() / 1000);
  values.push(value);
  if (times.length > MOST) {
    times.shift();
    values.shift();
  }
  chart.plot.setData(chart.data);
}

function make(
  holder: HTMLElement,
  id: string,
  title: string,
  label: (value: number) => string,
  limit?: number,
): Chart {
  const box = element("div", { id, className: "chart" }, [element("h3", { textContent: title })]);
  holder.append(box);
  const color = (name: string) => () => getComputedStyle(document.documentElement).getPropertyValue(name);
  const axis = {
    stroke: color("--quiet"),
    grid: { stroke: color("--line"), width: 1 },
    ticks: { show: false },
  };
  const data: Chart["data"] = [[], []];
  const plot = new uPlot(
    {
      width: box.clientWidth,
      height: HEIGHT,
      legend: { show: false },
      cursor: { drag: { x: false, y: false } },
      scales: {
        y: {
          range: (_, __, most) => [0, Math.max(1, limit === undefined ? most * 1.1 : Math.max(limit, most))],
        },
      },
      axes: [
        { ...axis, space: 90, values: (_, splits) => splits.map(timeOf) },
        {
          ...axis,
          size: 70,
          values: (_, splits) => splits.map(label),
          ...(label === bytes && { incrs: POWERS }),
        },
      ],
      series: [{}, { label: title, stroke: color("--accent"), width: 2, points: { show: false } }],
    },
    data,
    box,
  );
  new ResizeObserver(() => plot.setSize({ width: box.clientWidth, height: HEIGHT })).observe(box);
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => plot.redraw());
  const chart = { plot, data };
  charts.set(id, chart);
  return chart;
}
