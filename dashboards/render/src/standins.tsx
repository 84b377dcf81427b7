// State timelines and bar charts live in the Grafana application alone, so simple drawings stand in for
// them: texts, colours, units and legends come from @grafana/data and @grafana/ui, the shapes do not.
// This is what they share.

import { type Field, formattedValueToString } from '@grafana/data';
import { type VizLegendItem, VizLayout, VizLegend, measureText } from '@grafana/ui';
import type { ReactElement } from 'react';

import type { Drawing } from './panels';

export const FONT = 12;
export const AXIS = 20; // the height of the axis below

export const shown = (field: Field, value: unknown) => {
  const display = field.display!(value);
  return { text: formattedValueToString(display), color: display.color ?? '#808080' };
};

export function withLegend(
  { options, width, height }: Drawing,
  items: VizLegendItem[],
  draw: (width: number, height: number) => ReactElement
) {
  const { showLegend = true, placement = 'bottom', displayMode = 'list' } = options.legend ?? {};
  const legend = showLegend ? (
    <VizLayout.Legend placement={placement}>
      <VizLegend placement={placement} displayMode={displayMode} items={items} readonly />
    </VizLayout.Legend>
  ) : null;
  return (
    <VizLayout width={width} height={height} legend={legend}>
      {draw}
    </VizLayout>
  );
}

export const legendItems = (pairs: Array<[string, string]>): VizLegendItem[] =>
  [...new Map(pairs)].map(([label, color]) => ({ label, color, yAxis: 1 }));

export const widest = (texts: string[]) => Math.max(0, ...texts.map((text) => measureText(text, FONT).width));
