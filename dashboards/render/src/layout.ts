// The grid of a dashboard: 24 columns; rows, open or closed, are headings.

import type { DataTransformerConfig, FieldConfigSource } from '@grafana/data';

import type { Target } from './prometheus';

interface Place {
  x: number;
  y: number;
  w: number;
  h: number;
}

export interface Panel {
  id: number;
  type: string;
  title: string;
  description?: string;
  gridPos: Place;
  targets?: Target[];
  fieldConfig?: FieldConfigSource;
  options?: Record<string, unknown>;
  transformations?: DataTransformerConfig[];
  maxDataPoints?: number;
  interval?: string;
  repeat?: string;
  transparent?: boolean;
  collapsed?: boolean;
  panels?: Panel[];
}

const COLUMNS = 24;
const CELL = 30;
const GAP = 8;

/** Rows that the dashboard keeps closed are opened, which moves down what follows. */
export function opened(panels: Panel[]): Panel[] {
  let down = 0;
  return [...panels]
    .sort((a, b) => a.gridPos.y - b.gridPos.y || a.gridPos.x - b.gridPos.x)
    .flatMap((panel) => {
      const moved = (inner: Panel, by: number) => ({
        ...inner,
        gridPos: { ...inner.gridPos, y: inner.gridPos.y + by },
      });
      const head = moved(panel, down);
      if (panel.type !== 'row' || !panel.collapsed || !panel.panels?.length) {
        return [head];
      }
      const top = Math.min(...panel.panels.map(({ gridPos }) => gridPos.y));
      const children = panel.panels.map((child) => moved(child, head.gridPos.y + 1 - top));
      down += bottom(children) - head.gridPos.y - 1;
      return [head, ...children];
    });
}

const bottom = (panels: Panel[]) => Math.max(0, ...panels.map(({ gridPos }) => gridPos.y + gridPos.h));

/** In pixels. */
export function heightOf(panels: Panel[]): number {
  return bottom(panels) * (CELL + GAP) - GAP;
}

export function pixels({ x, y, w, h }: Place, width: number) {
  const column = (width - GAP * (COLUMNS - 1)) / COLUMNS;
  return {
    left: x * (column + GAP),
    top: y * (CELL + GAP),
    width: w * (column + GAP) - GAP,
    height: h * (CELL + GAP) - GAP,
  };
}
