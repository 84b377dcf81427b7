// The kinds of panels, drawn by components of @grafana/ui where there are such.

import {
  type DataFrame,
  type FieldConfigSource,
  FieldType,
  type GrafanaTheme2,
  type TimeRange,
  VizOrientation,
  getDisplayValueAlignmentFactors,
  getFieldDisplayValues,
  renderTextPanelMarkdown,
} from '@grafana/data';
import { BarGauge, BigValue, TimeSeries, VizRepeater, type VizRepeaterRenderValueProps } from '@grafana/ui';
import { TableNG } from '@grafana/ui/unstable';
import type { ReactElement } from 'react';

import { BarChart } from './barchart';
import { StateTimeline } from './timeline';

export interface Drawing {
  frames: DataFrame[];
  options: any;
  fieldConfig: FieldConfigSource;
  timeRange: TimeRange;
  theme: GrafanaTheme2;
  interpolate: (text: string) => string;
  width: number;
  height: number;
}

/** What cannot be drawn is a gap, as in the application. */
const withGaps = (frame: DataFrame): DataFrame => ({
  ...frame,
  fields: frame.fields.map((field) =>
    field.type === FieldType.number
      ? { ...field, values: field.values.map((value) => (Number.isFinite(value) ? value : null)) }
      : field
  ),
});

function Lines({ frames, options, timeRange, width, height }: Drawing) {
  return (
    <TimeSeries
      frames={frames.map(withGaps)}
      legend={options.legend}
      options={options}
      timeRange={timeRange}
      timeZone="browser"
      width={width}
      height={height}
    />
  );
}

function DataTable({ frames, options, fieldConfig, timeRange, width, height }: Drawing) {
  return (
    <TableNG
      data={frames[0]}
      width={width}
      height={height}
      noHeader={options.showHeader === false}
      showTypeIcons={options.showTypeIcons}
      sortBy={options.sortBy}
      cellHeight={options.cellHeight}
      enablePagination={options.enablePagination ?? options.footer?.enablePagination}
      frozenColumns={options.frozenColumns?.left}
      noValue={fieldConfig.defaults.noValue}
      fieldConfig={fieldConfig}
      timeRange={timeRange}
      resizable
    />
  );
}

type Value = ReturnType<typeof getFieldDisplayValues>[number];
type One = VizRepeaterRenderValueProps<Value, ReturnType<typeof getDisplayValueAlignmentFactors>>;

/** One drawing for each value to which a stat or a bar gauge reduces its frames. */
function Repeated(
  drawing: Drawing & { sparkline: boolean; grid: boolean; one: (value: One) => ReactElement }
) {
  const { frames, options, fieldConfig, theme, width, height } = drawing;
  const values = () =>
    getFieldDisplayValues({
      data: frames,
      fieldConfig,
      reduceOptions: options.reduceOptions,
      replaceVariables: drawing.interpolate,
      sparkline: drawing.sparkline,
      theme,
      timeZone: 'browser',
    });
  return (
    <VizRepeater
      getValues={values}
      getAlignmentFactors={getDisplayValueAlignmentFactors}
      renderValue={drawing.one}
      source={frames}
      renderCounter={0}
      width={width}
      height={height}
      orientation={options.orientation ?? VizOrientation.Auto}
      itemSpacing={drawing.grid ? 3 : 10}
      autoGrid={drawing.grid}
      minVizWidth={options.minVizWidth}
      minVizHeight={options.minVizHeight}
      maxVizHeight={options.maxVizHeight}
    />
  );
}

function Stat(drawing: Drawing) {
  const { options, theme, timeRange } = drawing;
  const sparkline = options.graphMode !== 'none';
  const one = ({ value, count, alignmentFactors, width, height }: One) => (
    <BigValue
      value={value.display}
      count={count}
      sparkline={value.sparkline && { ...value.sparkline, timeRange }}
      colorMode={options.colorMode}
      graphMode={options.graphMode}
      justifyMode={options.justifyMode}
      textMode={options.textMode}
      text={options.text}
      disableWideLayout={options.wideLayout === false}
      alignmentFactors={alignmentFactors}
      theme={theme}
      width={width}
      height={height}
    />
  );
  return <Repeated {...drawing} sparkline={sparkline} grid one={one} />;
}

function Bars(drawing: Drawing) {
  const { options, theme } = drawing;
  const one = ({ value, alignmentFactors, orientation, width, height }: One) => (
    <BarGauge
      value={value.display}
      field={value.field}
      display={value.view?.getFieldDisplayProcessor(value.colIndex ?? 0)}
      alignmentFactors={alignmentFactors}
      orientation={orientation}
      displayMode={options.displayMode}
      valueDisplayMode={options.valueMode}
      namePlacement={options.namePlacement}
      showUnfilled={options.showUnfilled}
      text={options.text}
      itemSpacing={10}
      theme={theme}
      width={width}
      height={height}
    />
  );
  return <Repeated {...drawing} sparkline={false} grid={false} one={one} />;
}

function Text({ options, interpolate }: Drawing) {
  const html = renderTextPanelMarkdown(interpolate(options.content ?? ''));
  return <div className="markdown-html" dangerouslySetInnerHTML={{ __html: html }} />;
}

export const KINDS: Record<string, (drawing: Drawing) => ReactElement | null> = {
  timeseries: Lines,
  table: DataTable,
  stat: Stat,
  bargauge: Bars,
  text: Text,
  'state-timeline': StateTimeline,
  barchart: BarChart,
};

/** As the kinds judge it: tables show anything, the others need numbers. */
export function hasData(kind: string, frames: DataFrame[]): boolean {
  return frames.some(
    (frame) =>
      frame.length > 0 && (kind === 'table' || frame.fields.some((field) => field.type === FieldType.number))
  );
}
