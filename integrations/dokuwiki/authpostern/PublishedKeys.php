<?php

namespace dokuwiki\plugin\authpostern;

use dokuwiki\HTTP\DokuHTTPClient;

/** The keys that Postern publishes at `/proxy/jwks`, kept in a file of the wiki's cache. */
class PublishedKeys
{
    /** Taken up anew after this long, and for an unknown key at most this often: a forged key id costs no request each. */
    protected const FRESH_SECONDS = 600;
    protected const RETRY_SECONDS = 15;

    protected $issuer;
    protected $file;

    public function __construct(string $issuer, string $folder)
    {
        $this->issuer = $issuer;
        $this->file = "$folder/authpostern-" . hash('sha256', $issuer) . '.json';
    }

    public function find(string $keyId): ?array
    {
        $kept = $this->read();
        $age = time() - ($kept['at'] ?? 0);
        $found = self::pick($kept['keys'] ?? [], $keyId);
        if ($age > self::FRESH_SECONDS || ($found === null && $age > self::RETRY_SECONDS)) {
            $keys = $this->fetch();
            // Where Postern does not answer just now, what it said last holds.
            if ($keys !== null) $found = self::pick($keys, $keyId);
        }
        return $found;
    }

    protected static function pick(array $keys, string $keyId): ?array
    {
        foreach ($keys as $key) if (is_array($key) && ($key['kid'] ?? null) === $keyId) return $key;
        return null;
    }

    protected function read(): array
    {
        if (!is_readable($this->file)) return [];
        return json_decode((string) file_get_contents($this->file), true) ?: [];
    }

    protected function fetch(): ?array
    {
        $client = new DokuHTTPClient();
        $client->timeout = 5;
        $client->max_bodysize = 65536;
        $client->max_redirect = 0;
        $keys = json_decode((string) $client->get("{$this->issuer}/proxy/jwks"), true)['keys'] ?? null;
        if (!is_array($keys)) return null;
        // Written aside and renamed: another request never reads half of it.
        $aside = $this->file . '.' . bin2hex(random_bytes(6));
        file_put_contents($aside, json_encode(['at' => time(), 'keys' => $keys]));
        rename($aside, $this->file);
        return $keys;
    }
}
