// CommonJS, because the Temporal SDK requires it by path, in the program and in the bundle of the workflows.
const { DefaultFailureConverter } = require('@temporalio/common');

const readable = new DefaultFailureConverter();

/**
 * Puts messages and stack traces of failures into a payload, where the codec encrypts them. Only who sent a plain message
 * is told so in plain: such a sender has no key.
 */
class EncodingFailureConverter extends DefaultFailureConverter {
  errorToFailure(error, payloadConverter, context) {
    if (error?.type !== 'PayloadPlain') return super.errorToFailure(error, payloadConverter, context);
    return { ...readable.errorToFailure(error, payloadConverter, context), stackTrace: '' };
  }
}

exports.failureConverter = new EncodingFailureConverter({ encodeCommonAttributes: true });
