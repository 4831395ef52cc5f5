// CommonJS, because the Temporal SDK requires it by path, in the program and in the bundle of the workflows.
const { DefaultFailureConverter } = require('@temporalio/common');

/** Puts messages and stack traces of failures into a payload, where the codec encrypts them. */
exports.failureConverter = new DefaultFailureConverter({ encodeCommonAttributes: true });
