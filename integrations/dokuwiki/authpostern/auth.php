<?php

use dokuwiki\Extension\AuthPlugin;
use dokuwiki\Logger;
use dokuwiki\plugin\authpostern\Assertion;
use dokuwiki\plugin\authpostern\PublishedKeys;

/**
 * Signs in whoever comes through a route of Postern, at each request anew: no session or cookie of the wiki's own lets
 * anybody in, so that it ends here in the moment it ends there. It never asks for a password and keeps no accounts.
 */
class auth_plugin_authpostern extends AuthPlugin
{
    public function __construct()
    {
        parent::__construct();
        $this->cando['external'] = true;
        $this->cando['logout'] = true;
        $this->success = function_exists('openssl_verify');
    }

    public function trustExternal($user, $pass, $sticky = false)
    {
        global $USERINFO, $INPUT, $conf;
        $USERINFO = null;
        $INPUT->server->remove('REMOTE_USER');
        $assertion = $INPUT->server->str('HTTP_X_POSTERN_JWT_ASSERTION');
        if ($assertion === '') return false;
        $keys = new PublishedKeys($this->getConf('issuer'), $conf['cachedir']);
        try {
            $claims = Assertion::verify(
                $assertion,
                [$keys, 'find'],
                $this->getConf('issuer'),
                $this->getConf('audience'),
                time()
            );
        } catch (UnexpectedValueException $error) {
            Logger::error('authpostern: nobody is signed in: ' . $error->getMessage());
            return false;
        }
        $name = $this->cleanUser($claims['preferred_username']);
        // The wiki writes “ben-” as “ben”: whoever is called so would be somebody else here.
        if ($name !== $claims['preferred_username']) {
            Logger::error('authpostern: nobody is signed in: the wiki cannot write the name ' . $claims['preferred_username']);
            return false;
        }
        $USERINFO = [
            'name' => (string) ($claims['name'] ?? $name),
            'mail' => (string) ($claims['email'] ?? ''),
            'grps' => array_values(array_filter(array_map([$this, 'cleanGroup'], (array) ($claims['groups'] ?? [])))),
        ];
        $INPUT->server->set('REMOTE_USER', $name);
        $_SESSION[DOKU_COOKIE]['auth'] = ['user' => $name, 'info' => $USERINFO];
        return true;
    }

    /** There is nothing to leave here; Postern answers this on the wiki's own host. */
    public function logOff()
    {
        send_redirect('/.postern/sign-out');
    }

    /** The wiki knows nobody who is not there: it asks this for the names of those who wrote something. */
    public function getUserData($user, $requireGroups = true)
    {
        return false;
    }

    public function isCaseSensitive()
    {
        return false;
    }

    public function cleanUser($user)
    {
        return cleanID(str_replace(':', '_', (string) $user));
    }

    public function cleanGroup($group)
    {
        return cleanID(str_replace(':', '_', (string) $group));
    }
}
