// The variables of a dashboard: which values they have, and what they become in text.

import type { Prometheus } from './prometheus';

export interface Variable {
  name: string;
  label?: string;
  type: string;
  query: string | { query: string };
  multi?: boolean;
  includeAll?: boolean;
  allValue?: string;
  regex?: string;
  current?: { value?: string | string[] };
}

interface Chosen {
  variable?: Variable;
  values: string[];
  all: boolean;
}

const ALL = '$__all';
const REFERENCE = /\$(\w+)|\[\[(\w+)\]\]|\$\{(\w+)(?::(\w+))?\}/g;
// RE2 syntax within a PromQL string, where each backslash is written twice.
const escapeRegex = (text: string) => text.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&').replace(/\\/g, '\\\\');

export class Variables {
  private chosen = new Map<string, Chosen>();

  /** A variable of Grafana's own, such as __interval. */
  set(name: string, value: string): void {
    this.chosen.set(name, { values: [value], all: false });
  }

  /** For the header: what is shown in Grafana's drop-down boxes. */
  shown(): Array<{ label: string; text: string }> {
    return [...this.chosen.values()].flatMap(({ variable, values, all }) =>
      variable ? [{ label: variable.label || variable.name, text: all ? 'All' : values.join(' + ') }] : []
    );
  }

  /** In the order of the dashboard, as a variable may be queried by the one before it. */
  async load(variables: Variable[], wanted: URLSearchParams, prometheus: Prometheus): Promise<void> {
    for (const variable of variables) {
      const asked = wanted.getAll(`var-${variable.name}`);
      const options = await this.options(variable, prometheus);
      const preset = [variable.current?.value ?? []].flat().filter((value) => value !== '');
      let values = asked.length ? asked : preset;
      if (!values.length) {
        values = variable.includeAll ? [ALL] : options.slice(0, 1);
      }
      if (!values.length) {
        throw new Error(`variable ${variable.name} has no value to choose`);
      }
      const all = values.includes(ALL);
      this.chosen.set(variable.name, { variable, values: all ? options : values, all });
    }
  }

  private async options(variable: Variable, prometheus: Prometheus): Promise<string[]> {
    const query = typeof variable.query === 'string' ? variable.query : variable.query.query;
    switch (variable.type) {
      case 'datasource':
        return ['prometheus'];
      case 'textbox':
      case 'constant':
        return [query];
      case 'custom':
      case 'interval':
        return query.split(',').map((option) => option.trim());
      case 'query':
        return this.queried(variable, query, prometheus);
    }
    throw new Error(`variable ${variable.name} is of the unknown kind ${variable.type}`);
  }

  private async queried(variable: Variable, query: string, prometheus: Prometheus): Promise<string[]> {
    const call = /^label_values\((?:(.+),)?\s*(\w+)\)$/.exec(this.interpolate(query));
    if (!call || variable.regex) {
      throw new Error(`variable ${variable.name}: only label_values() without a regex is understood`);
    }
    return (await prometheus.labelValues(call[2], call[1]?.trim())).sort();
  }

  /** Unknown names stay as they are: Prometheus then refuses the expression. */
  interpolate = (text: string): string =>
    text.replace(REFERENCE, (whole, plain, bracketed, braced, format) => {
      const name = plain ?? bracketed ?? braced;
      const chosen = this.chosen.get(name);
      return chosen ? formatted(name, chosen, format) : whole;
    });
}

function formatted(name: string, { variable, values, all }: Chosen, format?: string): string {
  if (format === 'queryparam') {
    return (all ? [ALL] : values).map((value) => `var-${name}=${encodeURIComponent(value)}`).join('&');
  }
  if (all && variable?.allValue) {
    return variable.allValue;
  }
  switch (format) {
    case 'raw':
    case 'text':
    case 'csv':
      return values.join(',');
    case 'pipe':
      return values.join('|');
  }
  if (format !== 'regex' && !variable?.multi && !variable?.includeAll) {
    return values.join(',');
  }
  const escaped = values.map(escapeRegex);
  return escaped.length === 1 ? escaped[0] : `(${escaped.join('|')})`;
}
