<?php

namespace dokuwiki\plugin\authpostern;

/**
 * Who came, by the signed word of Postern (`X-Postern-Jwt-Assertion`: a JWT, RFC 7519, ES256).
 * Every way in which it cannot be believed ends in an UnexpectedValueException; there is no half-believed one.
 */
class Assertion
{
    /** Longest header looked at, and how far clocks may be apart. */
    protected const MAX_BYTES = 16384;
    protected const SKEW_SECONDS = 30;

    /**
     * @param string $compact the header's value
     * @param callable(string): ?array $findKey the JWK of a key id
     * @return array its claims
     * @throws \UnexpectedValueException
     */
    public static function verify(string $compact, callable $findKey, string $issuer, string $audience, int $now): array
    {
        if ($issuer === '' || $audience === '') throw new \UnexpectedValueException('issuer and audience are not set');
        if (strlen($compact) > self::MAX_BYTES) throw new \UnexpectedValueException('too long');
        $parts = explode('.', $compact);
        if (count($parts) !== 3) throw new \UnexpectedValueException('not a JWT');
        [$head, $body, $signature] = $parts;

        $header = self::readJson($head);
        // The algorithm is ours to choose, never the token's (RFC 8725, 3.1).
        if (($header['alg'] ?? null) !== 'ES256') throw new \UnexpectedValueException('not ES256');
        if (isset($header['crit'])) throw new \UnexpectedValueException('unknown critical header');
        $keyId = $header['kid'] ?? null;
        if (!is_string($keyId)) throw new \UnexpectedValueException('no key id');
        $key = $findKey($keyId);
        if ($key === null) throw new \UnexpectedValueException('unknown key');
        if (openssl_verify("$head.$body", self::toDer(self::decode($signature)), self::toPem($key), OPENSSL_ALGO_SHA256) !== 1)
            throw new \UnexpectedValueException('wrong signature');

        $claims = self::readJson($body);
        if (($claims['iss'] ?? null) !== $issuer) throw new \UnexpectedValueException('another issuer');
        // One for another tool must not open this one.
        if (!in_array($audience, (array) ($claims['aud'] ?? null), true))
            throw new \UnexpectedValueException('for another audience');
        if (!is_int($claims['exp'] ?? null) || $claims['exp'] < $now - self::SKEW_SECONDS)
            throw new \UnexpectedValueException('expired');
        if (isset($claims['nbf']) && (!is_int($claims['nbf']) || $claims['nbf'] > $now + self::SKEW_SECONDS))
            throw new \UnexpectedValueException('not yet valid');
        if (!is_string($claims['preferred_username'] ?? null) || $claims['preferred_username'] === '')
            throw new \UnexpectedValueException('nobody');
        return $claims;
    }

    protected static function decode(string $base64url): string
    {
        $bytes = base64_decode(strtr($base64url, '-_', '+/'), true);
        if ($bytes === false) throw new \UnexpectedValueException('not base64url');
        return $bytes;
    }

    protected static function readJson(string $base64url): array
    {
        $value = json_decode(self::decode($base64url), true, 8);
        if (!is_array($value)) throw new \UnexpectedValueException('not a JSON object');
        return $value;
    }

    /** JWS carries R and S side by side (RFC 7518, 3.4); OpenSSL wants them as a DER sequence. */
    protected static function toDer(string $signature): string
    {
        if (strlen($signature) !== 64) throw new \UnexpectedValueException('wrong signature');
        $integers = '';
        foreach (str_split($signature, 32) as $number) {
            $number = ltrim($number, "\0");
            if ($number === '' || ord($number[0]) > 0x7f) $number = "\0$number";
            $integers .= "\x02" . chr(strlen($number)) . $number;
        }
        return "\x30" . chr(strlen($integers)) . $integers;
    }

    /** A point on P-256 as a SubjectPublicKeyInfo (RFC 5480). */
    protected static function toPem(array $key): string
    {
        if (($key['kty'] ?? null) !== 'EC' || ($key['crv'] ?? null) !== 'P-256')
            throw new \UnexpectedValueException('not a key on P-256');
        $x = self::decode((string) ($key['x'] ?? ''));
        $y = self::decode((string) ($key['y'] ?? ''));
        if (strlen($x) !== 32 || strlen($y) !== 32) throw new \UnexpectedValueException('not a key on P-256');
        $prefix = hex2bin('3059301306072a8648ce3d020106082a8648ce3d030107034200');
        return "-----BEGIN PUBLIC KEY-----\n" . chunk_split(base64_encode("$prefix\x04$x$y"), 64, "\n") . "-----END PUBLIC KEY-----\n";
    }
}
