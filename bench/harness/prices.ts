/** List prices of US East (N. Virginia), on demand, in US dollars for a million: as docs/operations.md has them. */
export const PRICES = {
  read_units: 0.125,
  write_units: 0.625,
  gateway_requests: 3.5,
  invocations: 0.2,
  /** Of Lambda on arm64. */
  gigabyte_seconds: 13.33,
};
