// Asks Prometheus and turns its answers into frames as Grafana's Prometheus data source does.

import { type DataFrame, type Field, FieldType, createDataFrame, renderLegendFormat } from '@grafana/data';

export interface Target {
  refId: string;
  expr: string;
  legendFormat?: string;
  format?: string;
  instant?: boolean;
  hide?: boolean;
}

type Labels = Record<string, string>;

interface Series {
  metric: Labels;
  values: Array<[number, string]>;
}

const AUTOMATIC = '__auto';

export class Prometheus {
  /** Times in milliseconds. */
  constructor(
    private from: number,
    private to: number
  ) {}

  async labelValues(label: string, selector?: string): Promise<string[]> {
    return this.get(`label/${label}/values`, { ...(selector && { 'match[]': selector }), ...this.window() });
  }

  async query(expr: string, instant: boolean, step: number): Promise<Series[]> {
    if (instant) {
      const { resultType, result } = await this.get('query', { query: expr, time: this.window().end });
      if (resultType === 'scalar') {
        return [{ metric: {}, values: [result] }];
      }
      return result.map(({ metric, value }: any) => ({ metric, values: [value] }));
    }
    const range = { ...this.window(), step: String(step / 1000) };
    return (await this.get('query_range', { query: expr, ...range })).result;
  }

  private window() {
    return { start: String(this.from / 1000), end: String(this.to / 1000) };
  }

  private async get(path: string, parameters: Record<string, string>): Promise<any> {
    const response = await fetch(`/api/v1/${path}?${new URLSearchParams(parameters)}`);
    const text = await response.text();
    let body;
    try {
      body = JSON.parse(text);
    } catch {
      throw new Error(`Prometheus answers ${response.status}: ${text.slice(0, 200)}`);
    }
    if (body.status !== 'success') {
      throw new Error(`${body.error} (query: ${parameters.query ?? path})`);
    }
    return body.data;
  }
}

const timeField = (values: number[], step: number): Field => ({
  name: 'Time',
  type: FieldType.time,
  values,
  config: { interval: step },
});

/** One frame for each series, named by the legend. */
export function seriesFrames(target: Target, series: Series[], step: number): DataFrame[] {
  return series.map(({ metric, values }) => {
    const legend =
      target.legendFormat && target.legendFormat !== AUTOMATIC
        ? renderLegendFormat(target.legendFormat, metric)
        : Object.keys(metric).length === 0
          ? target.expr
          : undefined;
    return createDataFrame({
      refId: target.refId,
      name: legend,
      fields: [
        timeField(
          values.map(([time]) => time * 1000),
          step
        ),
        {
          name: 'Value',
          type: FieldType.number,
          labels: metric,
          values: values.map(([, value]) => Number(value)),
          config: legend ? { displayNameFromDS: legend } : {},
        },
      ],
    });
  });
}

/** One frame with a column for each label. `lone` unless other targets of the panel give tables too. */
export function tableFrame(target: Target, series: Series[], step: number, lone: boolean): DataFrame {
  const names = [...new Set(series.flatMap(({ metric }) => Object.keys(metric)))].sort();
  const rows = series.flatMap(({ metric, values }) =>
    values.map(([time, value]) => ({ metric, time, value }))
  );
  return createDataFrame({
    refId: target.refId,
    fields: [
      timeField(
        rows.map(({ time }) => time * 1000),
        step
      ),
      ...names.map((name) => ({
        name,
        type: FieldType.string,
        values: rows.map(({ metric }) => metric[name] ?? ''),
        config: { filterable: true },
      })),
      {
        name: lone ? 'Value' : `Value #${target.refId}`,
        type: FieldType.number,
        values: rows.map(({ value }) => Number(value)),
        config: {},
      },
    ],
  });
}
