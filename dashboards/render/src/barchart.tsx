// A stand-in for bar charts.

import {
  type DataFrame,
  type Field,
  FieldType,
  getFieldDisplayName,
  outerJoinDataFrames,
} from '@grafana/data';

import type { Drawing } from './panels';
import { AXIS, FONT, legendItems, shown, widest, withLegend } from './standins';

const MARGIN = 48; // for the labels of an upright axis, or behind the longest bar
const ABOVE = 16; // for the label of the highest bar

/** What stands on the axis, and the numbers that have bars. */
function barFields({ frames, options }: Drawing): { axis: Field; bars: Field[]; frame: DataFrame } {
  const frame = frames.length > 1 ? outerJoinDataFrames({ frames }) : frames[0];
  const candidates = frame?.fields ?? [];
  const axis = options.xField
    ? candidates.find(
        (field) => field.name === options.xField || getFieldDisplayName(field, frame) === options.xField
      )
    : (candidates.find(({ type }) => type === FieldType.string) ??
      candidates.find(({ type }) => type === FieldType.time));
  if (!frame || !axis) {
    throw new Error('a bar chart needs a field of strings or of times');
  }
  return {
    axis,
    bars: candidates.filter((field) => field !== axis && field.type === FieldType.number),
    frame,
  };
}

interface Bar {
  row: number;
  index: number; // of the field
  begin: number;
  value: number;
}

/** The bars of one group lie beside each other, or stacked one begins where the one before ends. */
function barsOf(bars: Field[], count: number, stacked: boolean): Bar[] {
  return Array.from({ length: count }).flatMap((_, row) => {
    let sum = 0;
    return bars.map((field, index) => {
      const value = Number(field.values[row] ?? 0);
      const begin = stacked ? sum : 0;
      sum += value;
      return { row, index, begin, value };
    });
  });
}

export function BarChart(drawing: Drawing) {
  const { options, theme } = drawing;
  const { axis, bars, frame } = barFields(drawing);
  const horizontal = options.orientation === 'horizontal';
  const stacked = Boolean(options.stacking && options.stacking !== 'none');
  const placed = barsOf(bars, axis.values.length, stacked);
  const most = Math.max(bars[0]?.config.max ?? 0, ...placed.map(({ begin, value }) => begin + value)) || 1;
  const names = axis.values.map((value) => shown(axis, value).text);
  const legend = bars.map((field): [string, string] => [
    getFieldDisplayName(field, frame),
    shown(field, 0).color,
  ]);
  return withLegend(drawing, legendItems(legend), (width, height) => {
    const left = horizontal ? widest(names) + 16 : MARGIN;
    const group = (horizontal ? height - AXIS : width - left) / names.length;
    const filled = group * (options.groupWidth ?? 0.7);
    const thickness = filled / (stacked ? 1 : bars.length);
    const perUnit = (horizontal ? width - left - MARGIN : height - AXIS - ABOVE) / most;
    const start = ({ row, index }: Bar) =>
      row * group + (group - filled) / 2 + (stacked ? 0 : index * thickness);
    const box = (bar: Bar) =>
      horizontal
        ? { x: left + bar.begin * perUnit, y: start(bar), width: bar.value * perUnit, height: thickness }
        : {
            x: left + start(bar),
            y: height - AXIS - (bar.begin + bar.value) * perUnit,
            width: thickness,
            height: bar.value * perUnit,
          };
    return (
      <svg width={width} height={height} fontSize={FONT} fill={theme.colors.text.primary}>
        {placed.map((bar) => (
          <One
            key={`${bar.row} ${bar.index}`}
            {...box(bar)}
            {...shown(bars[bar.index], bar.value)}
            horizontal={horizontal}
            labelled={!stacked && options.showValue !== 'never'}
          />
        ))}
        {names.map((name, row) =>
          horizontal ? (
            <text key={row} x={left - 8} y={(row + 0.5) * group + 4} textAnchor="end">
              {name}
            </text>
          ) : (
            <text key={row} x={left + (row + 0.5) * group} y={height - 4} textAnchor="middle">
              {name}
            </text>
          )
        )}
        {[0, most].map((value) => {
          const text = bars.length > 0 && shown(bars[0], value).text;
          return horizontal ? (
            <text key={value} x={left + value * perUnit} y={height - 4}>
              {text}
            </text>
          ) : (
            <text key={value} x={left - 8} y={height - AXIS - value * perUnit} textAnchor="end">
              {text}
            </text>
          );
        })}
      </svg>
    );
  });
}

interface OneProps {
  x: number;
  y: number;
  width: number;
  height: number;
  text: string;
  color: string;
  horizontal: boolean;
  labelled: boolean;
}

function One({ text, color, horizontal, labelled, ...box }: OneProps) {
  return (
    <>
      <rect {...box} fill={color} />
      {labelled &&
        (horizontal ? (
          <text x={box.x + box.width + 4} y={box.y + box.height / 2 + 4}>
            {text}
          </text>
        ) : (
          <text x={box.x + box.width / 2} y={box.y - 4} textAnchor="middle">
            {text}
          </text>
        ))}
    </>
  );
}
