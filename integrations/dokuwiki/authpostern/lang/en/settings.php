<?php

$lang['issuer'] = 'Address of Postern, such as https://git.example.com';
$lang['audience'] = 'Address of this wiki as browsers name it, such as https://wiki.example.com';
