export function graph(): unknown {
  return {};
}
