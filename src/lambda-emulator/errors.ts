/** HTTP status of every Lambda API error that is answered. */
const STATUS = {
  InvalidParameterValueException: 400,
  InvalidRequestContentException: 400,
  ForbiddenException: 403,
  ResourceNotFoundException: 404,
  MethodNotAllowedException: 405,
  ResourceConflictException: 409,
  PreconditionFailedException: 412,
  RequestTooLargeException: 413,
  TooManyRequestsException: 429,
  ServiceException: 500,
} as const;

export type ApiErrorType = keyof typeof STATUS;

/** An error of the Lambda API, as the AWS SDK will see it. */
export class ApiError extends Error {
  readonly status: number;

  constructor(
    readonly type: ApiErrorType,
    message: string,
    /** Why a request was throttled, as in AWS's `ThrottleReason`. */
    readonly reason?: string,
  ) {
    super(message);
    this.name = type;
    this.status = STATUS[type];
  }
}

/** `ResourceNotFoundException` for a function, version, alias or URL. */
export function notFound(what: string): ApiError {
  return new ApiError('ResourceNotFoundException', `${what} does not exist; create it first.`);
}

/** `InvalidParameterValueException`: which parameter, and what is allowed. */
export function invalidParameter(name: string, expected: string): ApiError {
  return new ApiError('InvalidParameterValueException', `${name} must be ${expected}.`);
}
