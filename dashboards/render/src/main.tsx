// Draws the dashboard that the driver serves as /dashboard.json, then reports to it what became of each
// panel. Query parameters: from, to (as in Grafana), theme, scrape (the scrape interval), var-NAME.

import {
  type DataFrame,
  type GrafanaTheme2,
  ThemeContext,
  type TimeRange,
  createTheme,
  dateMath,
  dateTimeFormat,
  locationUtil,
  rangeUtil,
} from '@grafana/data';
import { GlobalStyles, PanelChrome } from '@grafana/ui';
import { Component, type ReactNode } from 'react';
import { flushSync } from 'react-dom';
import { createRoot } from 'react-dom/client';

import { configured, transformed } from './fields';
import { type Panel, heightOf, opened, pixels } from './layout';
import { KINDS, hasData } from './panels';
import { Prometheus, seriesFrames, tableFrame } from './prometheus';
import { Variables } from './variables';

const MARGIN = 16;
const HEADER = 56;
const TO_THE_EDGE = ['stat', 'table'];
const SETTLE_MILLISECONDS = 1000; // tables and plots measure themselves, then draw again

interface Result {
  panel: Panel;
  frames: DataFrame[];
  error?: string;
}

const parameters = new URLSearchParams(location.search);
const faults: string[] = [];
window.addEventListener('error', (event) => faults.push(event.message));
window.addEventListener('unhandledrejection', (event) => faults.push(String(event.reason)));

locationUtil.initialize({
  config: { appSubUrl: '' } as any,
  getVariablesUrlParams: () => ({}),
  getTimeRangeForUrl: () => ({ from: '', to: '' }),
});

class Boundary extends Component<{ title: string; children: ReactNode }, { error?: Error }> {
  state: { error?: Error } = {};

  static getDerivedStateFromError = (error: Error) => ({ error });

  componentDidCatch(error: Error) {
    faults.push(`${this.props.title}: ${error.message}`);
  }

  render() {
    return this.state.error ? `Error: ${this.state.error.message}` : this.props.children;
  }
}

/** The variables that Grafana sets for each panel from its width. Returns the step in milliseconds. */
function setIntervals(variables: Variables, range: TimeRange, points: number, least: string): number {
  const { interval, intervalMs } = rangeUtil.calculateInterval(range, points, least);
  const scrape = rangeUtil.intervalToMs(least);
  const seconds = Math.round((range.to.valueOf() - range.from.valueOf()) / 1000);
  variables.set('__interval', interval);
  variables.set('__interval_ms', String(intervalMs));
  variables.set('__rate_interval', `${Math.max(intervalMs + scrape, 4 * scrape) / 1000}s`);
  variables.set('__range', `${seconds}s`);
  variables.set('__range_s', String(seconds));
  variables.set('__range_ms', String(seconds * 1000));
  return intervalMs;
}

async function dataOf(
  panel: Panel,
  width: number,
  range: TimeRange,
  variables: Variables,
  prometheus: Prometheus,
  theme: GrafanaTheme2
): Promise<DataFrame[]> {
  const points = panel.maxDataPoints ?? Math.floor(width);
  const step = setIntervals(variables, range, points, panel.interval ?? parameters.get('scrape') ?? '15s');
  const targets = (panel.targets ?? [])
    .filter(({ hide }) => !hide)
    .map((target) => ({ ...target, expr: variables.interpolate(target.expr) }));
  const answers = await Promise.all(
    targets.map(({ expr, instant }) => prometheus.query(expr, instant ?? false, step))
  );
  const tables = targets.filter(({ format }) => format === 'table').length;
  const frames = targets.flatMap((target, index) =>
    target.format === 'table'
      ? [tableFrame(target, answers[index], step, tables === 1)]
      : seriesFrames(target, answers[index], step)
  );
  const shaped = await transformed(panel.transformations ?? [], frames, variables.interpolate);
  return configured(
    shaped,
    panel.fieldConfig ?? { defaults: {}, overrides: [] },
    variables.interpolate,
    theme
  );
}

function Content({
  result,
  range,
  theme,
  variables,
  width,
  height,
}: {
  result: Result;
  range: TimeRange;
  theme: GrafanaTheme2;
  variables: Variables;
  width: number;
  height: number;
}) {
  const { panel, frames, error } = result;
  const fieldConfig = panel.fieldConfig ?? { defaults: {}, overrides: [] };
  if (error || (panel.type !== 'text' && !hasData(panel.type, frames))) {
    const text = error ?? fieldConfig.defaults.noValue ?? 'No data';
    return <div style={{ height, display: 'grid', placeItems: 'center', fontSize: 18 }}>{text}</div>;
  }
  const Kind = KINDS[panel.type];
  return (
    <Boundary title={panel.title}>
      <Kind
        frames={frames}
        options={panel.options ?? {}}
        fieldConfig={fieldConfig}
        timeRange={range}
        theme={theme}
        interpolate={variables.interpolate}
        width={width}
        height={height}
      />
    </Boundary>
  );
}

function Header({ title, variables, range }: { title: string; variables: Variables; range: TimeRange }) {
  const time = (value: number) => dateTimeFormat(value, { format: 'YYYY-MM-DD HH:mm:ss' });
  return (
    <div style={{ height: HEADER - MARGIN, display: 'flex', gap: 24, alignItems: 'baseline' }}>
      <h4>{title}</h4>
      {variables.shown().map(({ label, text }) => (
        <span key={label}>
          {label} <b>{text}</b>
        </span>
      ))}
      <span style={{ marginLeft: 'auto' }}>
        {time(range.from.valueOf())} to {time(range.to.valueOf())}
      </span>
    </div>
  );
}

function Board({
  title,
  results,
  width,
  ...shared
}: {
  title: string;
  results: Result[];
  width: number;
  range: TimeRange;
  theme: GrafanaTheme2;
  variables: Variables;
}) {
  return (
    <ThemeContext.Provider value={shared.theme}>
      <GlobalStyles />
      <div style={{ padding: MARGIN }}>
        <Header title={title} {...shared} />
        <div style={{ position: 'relative', height: heightOf(results.map(({ panel }) => panel)) }}>
          {results.map((result) => {
            const { panel, error } = result;
            const box = pixels(panel.gridPos, width);
            return (
              <div key={panel.id} style={{ position: 'absolute', ...box }}>
                {panel.type === 'row' ? (
                  <h5 style={{ lineHeight: `${box.height}px` }}>{panel.title}</h5>
                ) : (
                  <PanelChrome
                    title={panel.title}
                    description={panel.description}
                    displayMode={panel.transparent ? 'transparent' : 'default'}
                    statusMessage={error}
                    padding={TO_THE_EDGE.includes(panel.type) ? 'none' : 'md'}
                    width={box.width}
                    height={box.height}
                  >
                    {(width, height) => <Content result={result} width={width} height={height} {...shared} />}
                  </PanelChrome>
                )}
              </div>
            );
          })}
        </div>
      </div>
    </ThemeContext.Provider>
  );
}

async function resultOf(panel: Panel, load: () => Promise<DataFrame[]>): Promise<Result> {
  if (panel.type === 'row' || panel.type === 'text') {
    return { panel, frames: [] };
  }
  try {
    if (!KINDS[panel.type]) {
      throw new Error(`panels of the kind ${panel.type} are not drawn`);
    }
    if (panel.repeat) {
      throw new Error('repeated panels are not drawn');
    }
    return { panel, frames: await load() };
  } catch (error) {
    return { panel, frames: [], error: (error as Error).message };
  }
}

async function draw(): Promise<Result[]> {
  const board = await (await fetch('/dashboard.json')).json();
  const from = dateMath.parse(parameters.get('from') ?? board.time.from)!;
  const to = dateMath.parse(parameters.get('to') ?? board.time.to, true)!;
  const range: TimeRange = { from, to, raw: { from, to } };
  const theme = createTheme({ colors: { mode: parameters.get('theme') === 'light' ? 'light' : 'dark' } });
  const prometheus = new Prometheus(from.valueOf(), to.valueOf());
  const variables = new Variables();
  await variables.load(board.templating?.list ?? [], parameters, prometheus);

  const width = window.innerWidth - 2 * MARGIN;
  const results: Result[] = [];
  for (const panel of opened(board.panels)) {
    const load = () => dataOf(panel, pixels(panel.gridPos, width).width, range, variables, prometheus, theme);
    results.push(await resultOf(panel, load));
  }
  for (const { name, expr, enable } of board.annotations?.list ?? []) {
    if (expr && enable) {
      // Not drawn, but it must be a query that works.
      const query = prometheus.query(variables.interpolate(expr), true, 0);
      await query.catch((error) => faults.push(`annotation ${name}: ${error.message}`));
    }
  }
  const root = createRoot(document.getElementById('root')!);
  flushSync(() =>
    root.render(
      <ThemeContext.Provider value={theme}>
        <GlobalStyles />
      </ThemeContext.Provider>
    )
  );
  // Sizes are computed from the widths of texts, so the fonts must be there.
  await Promise.all([400, 500].map((weight) => document.fonts.load(`${weight} 16px Inter`)));
  flushSync(() =>
    root.render(<Board title={board.title} {...{ results, width, range, theme, variables }} />)
  );
  await new Promise((resolve) => setTimeout(resolve, SETTLE_MILLISECONDS));
  return results;
}

async function report() {
  let results: Result[] = [];
  try {
    results = await draw();
  } catch (error) {
    faults.push((error as Error).message);
  }
  const panels = results
    .filter(({ panel }) => panel.type !== 'row')
    .map(({ panel, frames, error }) => ({
      title: panel.title,
      error,
      empty: !error && panel.type !== 'text' && !hasData(panel.type, frames),
    }));
  const height = document.getElementById('root')!.offsetHeight;
  const body = JSON.stringify({ panels, faults, height, shown: window.innerHeight });
  await fetch('/report', { method: 'POST', body });
}

report();
