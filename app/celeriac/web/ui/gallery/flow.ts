export function flow(_init: RequestInit | undefined): unknown {
  return {};
}

export function validate(_source: string): unknown {
  return [];
}
