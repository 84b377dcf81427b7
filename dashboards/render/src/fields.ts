// Transformations and field configuration, done by @grafana/data.

import {
  type ConfigOverrideRule,
  type DataFrame,
  type DataTransformerConfig,
  FieldConfigOptionsRegistry,
  type FieldConfigPropertyItem,
  type FieldConfigSource,
  type GrafanaTheme2,
  type TransformerRegistryItem,
  applyFieldOverrides,
  cacheFieldDisplayNames,
  displayNameOverrideProcessor,
  fieldMatchers,
  identityOverrideProcessor,
  standardTransformers,
  standardTransformersRegistry,
  transformDataFrame,
} from '@grafana/data';
import { lastValueFrom } from 'rxjs';

type Interpolate = (text: string) => string;

// What the application registers for all kinds of panels; what is `custom` belongs to the kind.
const STANDARD_PROPERTIES = [
  'unit',
  'min',
  'max',
  'fieldMinMax',
  'decimals',
  'displayName',
  'noValue',
  'thresholds',
  'mappings',
  'links',
  'color',
  'filterable',
  'description',
];
const CUSTOM = 'custom.';

// By id, as some are listed under an old name too.
const TRANSFORMERS = new Map(Object.values(standardTransformers).map((info) => [info.id, info]));
standardTransformersRegistry.setInit(() =>
  [...TRANSFORMERS.values()].map(
    (info) => ({ ...info, transformation: async () => info }) as unknown as TransformerRegistryItem
  )
);

export function transformed(
  transformations: DataTransformerConfig[],
  frames: DataFrame[],
  interpolate: Interpolate
): Promise<DataFrame[]> {
  // An unknown one would be passed over in silence.
  for (const { id } of transformations) {
    if (!standardTransformersRegistry.getIfExists(id)) {
      throw new Error(`unknown transformation ${id}`);
    }
  }
  return lastValueFrom(transformDataFrame(transformations, frames, { interpolate }));
}

const property = (id: string): FieldConfigPropertyItem => ({
  id,
  name: id,
  path: id.startsWith(CUSTOM) ? id.slice(CUSTOM.length) : id,
  isCustom: id.startsWith(CUSTOM),
  process: id === 'displayName' ? displayNameOverrideProcessor : identityOverrideProcessor,
  shouldApply: () => true,
  settings: { expandTemplateVars: true },
  editor: () => null,
  override: () => null,
});

/** The defaults and overrides of a panel applied, which also gives each field its text and colours. */
export function configured(
  frames: DataFrame[],
  fieldConfig: FieldConfigSource,
  interpolate: Interpolate,
  theme: GrafanaTheme2
): DataFrame[] {
  const overridden = fieldConfig.overrides.flatMap((rule: ConfigOverrideRule) => {
    if (!fieldMatchers.getIfExists(rule.matcher.id)) {
      throw new Error(`unknown matcher ${rule.matcher.id}`);
    }
    return rule.properties.map(({ id }) => id);
  });
  const unknown = overridden.filter((id) => !id.startsWith(CUSTOM) && !STANDARD_PROPERTIES.includes(id));
  if (unknown.length) {
    throw new Error(`override of the unknown property ${unknown[0]}`);
  }
  const custom = Object.keys(fieldConfig.defaults.custom ?? {}).map((name) => CUSTOM + name);
  const properties = new Set([...STANDARD_PROPERTIES, ...custom, ...overridden]);
  const named = applyFieldOverrides({
    data: frames,
    fieldConfig: structuredClone(fieldConfig),
    fieldConfigRegistry: new FieldConfigOptionsRegistry(() => [...properties].map(property)),
    replaceVariables: interpolate,
    theme,
    timeZone: 'browser',
  });
  cacheFieldDisplayNames(named); // headings of tables are read from there
  return named;
}
