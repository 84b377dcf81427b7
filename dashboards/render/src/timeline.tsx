// A stand-in for state timelines.

import { type DataFrame, type Field, FieldType, dateTimeFormat, getFieldDisplayName } from '@grafana/data';
import { measureText } from '@grafana/ui';

import type { Drawing } from './panels';
import { AXIS, FONT, legendItems, shown, widest, withLegend } from './standins';

const ROWS_PER_PAGE = 20;
const PIXELS_PER_TICK = 110;

interface Span {
  from: number;
  to: number;
  text: string;
  color: string;
}

/** Neighbours of one value are one span; where samples are missing there is none. */
function spans(times: Field, field: Field, end: number): Span[] {
  const found: Span[] = [];
  const step = times.config.interval ?? Infinity;
  times.values.forEach((time: number, index: number) => {
    const value = field.values[index];
    if (value === null || value === undefined) {
      return;
    }
    const next = times.values[index + 1] ?? end;
    const to = next - time > 1.5 * step ? time + step : next;
    const state = shown(field, value);
    const last = found.at(-1);
    if (last && last.to === time && last.text === state.text) {
      last.to = to;
    } else {
      found.push({ from: time, to, ...state });
    }
  });
  return found;
}

function timelineRows(frames: DataFrame[], end: number) {
  return frames.flatMap((frame) => {
    const times = frame.fields.find((field) => field.type === FieldType.time);
    if (!times) {
      throw new Error('a state timeline needs a time field');
    }
    return frame.fields
      .filter((field) => field !== times)
      .map((field) => ({ name: getFieldDisplayName(field, frame, frames), spans: spans(times, field, end) }));
  });
}

export function StateTimeline(drawing: Drawing) {
  const { frames, options, timeRange, theme } = drawing;
  const [from, to] = [timeRange.from.valueOf(), timeRange.to.valueOf()];
  const rows = timelineRows(frames, to);
  const page = rows.slice(0, options.perPage ?? ROWS_PER_PAGE);
  const legend = rows.flatMap((row) => row.spans.map(({ text, color }): [string, string] => [text, color]));
  const color = theme.colors.text.primary;
  return withLegend(drawing, legendItems(legend), (width, height) => {
    const left = widest(page.map(({ name }) => name)) + 16;
    const x = (time: number) => left + ((time - from) / (to - from)) * (width - left - 8);
    const rowHeight = (height - AXIS) / page.length;
    const filled = rowHeight * (options.rowHeight ?? 0.9);
    const ticks = Math.max(2, Math.floor((width - left) / PIXELS_PER_TICK));
    return (
      <svg width={width} height={height} fontSize={FONT} fill={color}>
        {page.map((row, index) => (
          <g key={index} transform={`translate(0 ${index * rowHeight})`}>
            <text x={left - 8} y={rowHeight / 2} textAnchor="end" dominantBaseline="central">
              {row.name}
            </text>
            {row.spans.map((span) => (
              <State
                key={span.from}
                span={span}
                x={x}
                top={(rowHeight - filled) / 2}
                height={filled}
                options={options}
                contrast={theme.colors.getContrastText(span.color)}
              />
            ))}
          </g>
        ))}
        {Array.from({ length: ticks }, (_, index) => from + ((index + 0.5) / ticks) * (to - from)).map(
          (time) => (
            <text key={time} x={x(time)} y={height - 4} textAnchor="middle">
              {dateTimeFormat(time, { format: to - from < 3600e3 ? 'HH:mm:ss' : 'HH:mm' })}
            </text>
          )
        )}
        {page.length < rows.length && (
          <text x={0} y={height - 4}>{`1-${page.length} of ${rows.length}`}</text>
        )}
      </svg>
    );
  });
}

function State({
  span,
  x,
  top,
  height,
  options,
  contrast,
}: {
  span: Span;
  contrast: string;
  x: (time: number) => number;
  top: number;
  height: number;
  options: any;
}) {
  const width = Math.max(1, x(span.to) - x(span.from));
  const fits = measureText(span.text, FONT).width + 8 < width;
  const labelled = options.showValue === 'always' || (options.showValue !== 'never' && fits);
  return (
    <>
      <rect x={x(span.from)} y={top} width={width} height={height} fill={span.color} />
      {labelled && (
        <text x={x(span.from) + 4} y={top + height / 2} dominantBaseline="central" fill={contrast}>
          {span.text}
        </text>
      )}
    </>
  );
}
