<?php

$meta['issuer'] = ['string', '_caution' => 'danger'];
$meta['audience'] = ['string', '_caution' => 'danger'];
