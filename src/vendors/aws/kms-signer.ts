import { GetPublicKeyCommand, type KMSClient, SignCommand } from '@aws-sdk/client-kms';
import { PipelineFailure } from '../../contracts/failures.js';
import { translated } from './aws-errors.js';

/**
 * Signs logs with an asymmetric key of AWS KMS that no process ever holds, of ECC_NIST_P256: ECDSA with SHA-256.
 * @param keyId id, ARN or alias of the key
 */
export function createKmsSigner(client: Pick<KMSClient, 'send'>, keyId: string) {
  return {
    async publicKey(): Promise<Uint8Array> {
      try {
        const { PublicKey, KeySpec } = await client.send(new GetPublicKeyCommand({ KeyId: keyId }));
        if (PublicKey !== undefined && KeySpec === 'ECC_NIST_P256') return PublicKey;
      } catch (error) {
        throw translated(error, `Asking AWS KMS for the public key of ${keyId}`);
      }
      throw new PipelineFailure(
        'StorageUnusable',
        `The KMS key ${keyId}, which MLOPS_LOG_KMS_KEY names, is not of ECC_NIST_P256: make one with --key-spec ECC_NIST_P256 --key-usage SIGN_VERIFY.`,
      );
    },

    async sign(bytes: Uint8Array): Promise<Uint8Array> {
      try {
        const { Signature } = await client.send(
          new SignCommand({ KeyId: keyId, Message: bytes, MessageType: 'RAW', SigningAlgorithm: 'ECDSA_SHA_256' }),
        );
        if (Signature !== undefined) return Signature;
      } catch (error) {
        throw translated(error, `Signing with the KMS key ${keyId}`);
      }
      throw new Error(`AWS KMS answered without a signature by ${keyId}; try again.`);
    },
  };
}
