<?php

$conf['issuer'] = '';
$conf['audience'] = '';
