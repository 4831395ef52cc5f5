/** What asks for a prediction, health or the model card behind one of AWS's front doors. */
export interface Asked {
  method: string;
  /** Below the front door's own path, like `/predict`. */
  path: string;
  body?: string;
  origin?: string;
}

const HEADERS = {
  Accept: '*/*',
  'Content-Type': 'application/json',
  Host: 'gy415nuibc.execute-api.us-east-1.amazonaws.com',
  'User-Agent': 'PostmanRuntime/2.4.5',
  'X-Forwarded-For': '192.0.2.1, 192.0.2.2',
  'X-Forwarded-Port': '443',
  'X-Forwarded-Proto': 'https',
};

const headersOf = ({ origin }: Asked): Record<string, string> =>
  origin === undefined ? HEADERS : { ...HEADERS, Origin: origin };
const lower = (headers: Record<string, string>): Record<string, string> =>
  Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));
const lists = (headers: Record<string, string>): Record<string, string[]> =>
  Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, [value]]));

/** REST API, payload format 1.0, in the shape of AWS's sample `apigw-request`. */
const restApi = (asked: Asked, place: { resource: string; path: string; proxy?: string; stage?: string }) => ({
  resource: place.resource,
  path: place.path,
  httpMethod: asked.method,
  headers: headersOf(asked),
  multiValueHeaders: lists(headersOf(asked)),
  queryStringParameters: null,
  multiValueQueryStringParameters: null,
  pathParameters: place.proxy === undefined ? null : { proxy: place.proxy },
  stageVariables: null,
  requestContext: {
    accountId: '123456789012',
    resourceId: 'roq9wj',
    path: place.path,
    stage: place.stage ?? 'testStage',
    domainName: 'gy415nuibc.execute-api.us-east-2.amazonaws.com',
    requestId: 'deef4878-7910-11e6-8f14-25afc3e9ae33',
    identity: { sourceIp: '192.0.2.1', userAgent: 'PostmanRuntime/2.4.5' },
    resourcePath: place.resource,
    httpMethod: asked.method,
    apiId: 'gy415nuibc',
  },
  body: asked.body ?? null,
  isBase64Encoded: false,
});

/** HTTP API, payload format 2.0, in the shape of AWS's sample `apigw-v2-request-no-authorizer`. */
const httpApi = (asked: Asked, place: { routeKey: string; rawPath: string; proxy?: string; stage?: string }) => ({
  version: '2.0',
  routeKey: place.routeKey,
  rawPath: place.rawPath,
  rawQueryString: '',
  headers: lower(headersOf(asked)),
  ...(place.proxy === undefined ? {} : { pathParameters: { proxy: place.proxy } }),
  requestContext: {
    accountId: '123456789012',
    apiId: 'aaaaaaaaaa',
    domainName: 'aaaaaaaaaa.execute-api.us-west-2.amazonaws.com',
    domainPrefix: 'aaaaaaaaaa',
    http: { method: asked.method, path: place.rawPath, protocol: 'HTTP/1.1', sourceIp: '192.0.2.1', userAgent: 'curl' },
    requestId: 'LV7fzho-PHcEJPw=',
    routeKey: place.routeKey,
    stage: place.stage ?? '$default',
    time: '21/Apr/2020:15:08:21 +0000',
    timeEpoch: 1_587_481_701_067,
  },
  ...(asked.body === undefined
    ? { isBase64Encoded: false }
    : { body: Buffer.from(asked.body).toString('base64'), isBase64Encoded: true }),
});

/** Application Load Balancer, in the shape of AWS's samples `alb-lambda-target-request-*`. */
const loadBalancer = (asked: Asked, path: string, listed: boolean) => ({
  requestContext: {
    elb: { targetGroupArn: 'arn:aws:elasticloadbalancing:us-east-1:123456789012:targetgroup/lambda-target/abcdefgh' },
  },
  httpMethod: asked.method,
  path,
  ...(listed
    ? { multiValueQueryStringParameters: {}, multiValueHeaders: lists(lower(headersOf(asked))) }
    : { queryStringParameters: {}, headers: lower(headersOf(asked)) }),
  body: asked.body ?? '',
  isBase64Encoded: false,
});

/** Function URL, in the shape of AWS's sample `lambda-urls-request`. */
export const functionUrl = (asked: Asked) => ({
  version: '2.0',
  routeKey: '$default',
  rawPath: asked.path,
  rawQueryString: '',
  headers: lower(headersOf(asked)),
  requestContext: {
    accountId: 'anonymous',
    apiId: 'urlid',
    domainName: 'urlid.lambda-url.us-west-2.on.aws',
    domainPrefix: 'urlid',
    http: { method: asked.method, path: asked.path, protocol: 'HTTP/1.1', sourceIp: '192.0.2.1', userAgent: 'agent' },
    requestId: '0f8c2a1e-5b7d-4c39-9e60-aa0000000009',
    routeKey: '$default',
    stage: '$default',
    time: '12/Mar/2020:19:03:58 +0000',
    timeEpoch: 1_583_348_638_390,
  },
  ...(asked.body === undefined ? {} : { body: asked.body }),
  isBase64Encoded: false,
});

/** Every way by which a request may reach the function from a browser or a program, by what AWS calls it. */
export const FRONT_DOORS: Record<string, (asked: Asked) => object> = {
  'REST API, proxy resource': (asked) =>
    restApi(asked, { resource: '/{proxy+}', path: asked.path, proxy: asked.path.slice(1) }),
  'REST API, proxy below a resource': (asked) =>
    restApi(asked, {
      ...{ resource: '/anemia/{proxy+}', path: `/anemia${asked.path}`, proxy: asked.path.slice(1) },
    }),
  'REST API, custom domain with a base path': (asked) =>
    restApi(asked, { resource: '/{proxy+}', path: `/anemia${asked.path}`, proxy: asked.path.slice(1) }),
  'REST API, a resource for each path': (asked) =>
    restApi(asked, { resource: `/anemia${asked.path}`, path: `/anemia${asked.path}` }),
  'REST API, proxy of a path with a base path of its own': (asked) =>
    restApi(asked, { resource: '/{proxy+}', path: `/v1/anemia${asked.path}`, proxy: `v1/anemia${asked.path}` }),
  'HTTP API, default route': (asked) => httpApi(asked, { routeKey: '$default', rawPath: asked.path }),
  'HTTP API, stage': (asked) => httpApi(asked, { routeKey: '$default', rawPath: `/prod${asked.path}`, stage: 'prod' }),
  'HTTP API, custom domain with a mapping': (asked) =>
    httpApi(asked, { routeKey: '$default', rawPath: `/anemia${asked.path}` }),
  'HTTP API, greedy route below a path': (asked) =>
    httpApi(asked, {
      ...{ routeKey: 'ANY /anemia/{proxy+}', rawPath: `/prod/anemia${asked.path}`, proxy: asked.path.slice(1) },
      stage: 'prod',
    }),
  'HTTP API, a route for each path': (asked) =>
    httpApi(asked, { routeKey: `${asked.method} /anemia${asked.path}`, rawPath: `/anemia${asked.path}` }),
  'load balancer': (asked) => loadBalancer(asked, asked.path, false),
  'load balancer, rule for a path': (asked) => loadBalancer(asked, `/anemia${asked.path}`, false),
  'load balancer, headers as lists': (asked) => loadBalancer(asked, asked.path, true),
};

/** A resource or route that is one path and no other. */
export const ONE_PATH: Record<string, (asked: Asked) => object> = {
  'REST API': (asked) => restApi(asked, { resource: '/anemia', path: '/anemia' }),
  'REST API, base path of a custom domain': (asked) => restApi(asked, { resource: '/', path: '/anemia' }),
  'HTTP API': (asked) => httpApi(asked, { routeKey: 'POST /anemia', rawPath: '/anemia' }),
};
