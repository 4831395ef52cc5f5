import { expect, it } from 'vitest';
import { telemetrySettings } from '../../../src/config/service-settings.js';

it('has neither metrics nor traces by default', () => {
  expect(telemetrySettings({})).toEqual({
    metricsPort: null,
    log: { level: 'warn', format: 'text' },
    traces: null,
  });
});

it('names the service of traces', () => {
  const receiver = { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://collector:4318/' };
  expect(telemetrySettings(receiver).traces).toEqual({
    endpoint: 'http://collector:4318',
    serviceName: 'anemia-mlops',
  });
  expect(telemetrySettings({ ...receiver, OTEL_SERVICE_NAME: 'ours' }).traces?.serviceName).toBe('ours');
});

it.each(['collector:4318', 'grpc://collector:4317', 'http://'])('refuses %s as a receiver of traces', (endpoint) => {
  expect(() => telemetrySettings({ OTEL_EXPORTER_OTLP_ENDPOINT: endpoint })).toThrow(
    'OTEL_EXPORTER_OTLP_ENDPOINT is not an http: or https: address: give one like http://127.0.0.1:4318.',
  );
});

it.each([
  ['LOG_FORMAT', 'xml', /LOG_FORMAT.*text.*json/],
  ['LOG_LEVEL', 'loud', /LOG_LEVEL.*trace.*error/],
  ['MLOPS_METRICS_PORT', '70000', /MLOPS_METRICS_PORT.*65535/],
])('refuses %s=%s with what can be given', (name, value, message) => {
  expect(() => telemetrySettings({ [name]: value })).toThrow(message);
});
