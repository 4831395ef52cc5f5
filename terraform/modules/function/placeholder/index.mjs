// Answers until the pipeline has deployed its first model.
export const handler = () => ({
  statusCode: 503,
  headers: { 'content-type': 'application/json', 'retry-after': '60' },
  body: JSON.stringify({ error: 'No model has been deployed yet: run the pipeline.' }),
});
