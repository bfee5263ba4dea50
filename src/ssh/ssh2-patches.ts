/** One place in a file of ssh2 that is changed while it is loaded. */
export interface Ssh2Patch {
  /** Below `ssh2/lib`. */
  file: string
  why: string
  /** Stands in the file exactly once. */
  find: string
  replace: string
}

/** The release these were written against, and no other. */
export const patchedVersion = '1.17.0'

/** What docs/decisions/0015 says of each. */
export const ssh2Patches: readonly Ssh2Patch[] = [
  {
    file: 'protocol/constants.js',
    why: 'a key exchange that quantum computers do not break is on offer',
    find: `  DEFAULT_KEX.unshift('curve25519-sha256@libssh.org');\n`,
    replace: `  DEFAULT_KEX.unshift('curve25519-sha256@libssh.org');
  DEFAULT_KEX.unshift('mlkem768x25519-sha256');\n`,
  },
  {
    file: 'protocol/kex.js',
    why: 'the same: Node encapsulates',
    find: `  diffieHellman,\n  generateKeyPairSync,\n`,
    replace: `  diffieHellman,\n  encapsulate,\n  generateKeyPairSync,\n`,
  },
  {
    file: 'protocol/kex.js',
    why: 'the same: draft-ietf-sshm-mlkem-hybrid-kex §2, the server’s side',
    find: `  class ECDHExchange extends KeyExchange {\n`,
    replace: `  const MLKEM768_SPKI = Buffer.from('308204b2300b0609608648016503040402038204a100', 'hex');

  class MlKem768X25519Exchange extends Curve25519Exchange {
    getPublicKey() {
      return Buffer.concat([this._ciphertext, super.getPublicKey()]);
    }
    convertPublicKey(key) {
      return key;
    }
    computeSecret(initial) {
      try {
        if (initial.length !== 1184 + 32)
          throw new Error('C_INIT of another length');
        const { sharedKey, ciphertext } = encapsulate({
          key: Buffer.concat([MLKEM768_SPKI, initial.subarray(0, 1184)]),
          type: 'spki',
          format: 'der',
        });
        this._ciphertext = ciphertext;
        this.generateKeys();
        const classic = diffieHellman({
          privateKey: this._keys.privateKey,
          publicKey: createPublicKey({
            key: Buffer.concat([Buffer.from('302a300506032b656e032100', 'hex'), initial.subarray(1184)]),
            type: 'spki',
            format: 'der',
          }),
        });
        // A string in the exchange hash, never a number.
        return createHash('sha256').update(sharedKey).update(classic).digest();
      } catch (ex) {
        return ex;
      }
    }
  }

  class ECDHExchange extends KeyExchange {\n`,
  },
  {
    file: 'protocol/kex.js',
    why: 'the same: by its name',
    find: `        case 'ecdh-sha2-nistp256':\n`,
    replace: `        case 'mlkem768x25519-sha256':
          return new MlKem768X25519Exchange('sha256', ...args);

        case 'ecdh-sha2-nistp256':\n`,
  },
  {
    file: 'protocol/Protocol.js',
    why: 'RFC 8308 §3.1: the list lacked a comma, promised SHA-1 and DSA, and did not name security keys',
    find: `    'ecdsa-sha2-nistp256,ecdsa-sha2-nistp384,ecdsa-sha2-nistp521'
      + 'rsa-sha2-512,rsa-sha2-256,ssh-rsa,ssh-dss';\n`,
    replace: `    'sk-ssh-ed25519@openssh.com,sk-ecdsa-sha2-nistp256@openssh.com,'
      + 'webauthn-sk-ecdsa-sha2-nistp256@openssh.com,'
      + 'ecdsa-sha2-nistp256,ecdsa-sha2-nistp384,ecdsa-sha2-nistp521,'
      + 'rsa-sha2-512,rsa-sha2-256';\n`,
  },
  {
    file: 'protocol/Protocol.js',
    why: 'a version line in more than two pieces lost those in between',
    find: `  if (!this._buffer)\n    this._buffer = bufferSlice(data, op);\n`,
    replace: `  this._buffer = bufferSlice(data, op);\n`,
  },
  {
    file: 'protocol/Protocol.js',
    why: 'RFC 4252 §5.4: a refusal says why',
    find: `  forwardedTcpip(chan, initWindow, maxPacket, cfg) {\n`,
    replace: `  authBanner(text) {
    const length = Buffer.byteLength(text);
    let p = this._packetRW.write.allocStart;
    const packet = this._packetRW.write.alloc(1 + 4 + length + 4);
    packet[p] = MESSAGE.USERAUTH_BANNER;
    writeUInt32BE(packet, length, ++p);
    packet.utf8Write(text, p += 4, length);
    writeUInt32BE(packet, 0, p += length);
    sendPacket(this, this._packetRW.write.finalize(packet));
  }
  forwardedTcpip(chan, initWindow, maxPacket, cfg) {\n`,
  },
  {
    file: 'protocol/handlers.misc.js',
    why: 'the signature comes as it was sent, with the name of its own algorithm',
    find: `              if (signature.length > (4 + keyAlgo.length + 4)
                  && signature.utf8Slice(4, 4 + keyAlgo.length) === keyAlgo) {
                // Skip algoLen + algo + sigLen
                signature = bufferSlice(signature, 4 + keyAlgo.length + 4);
              }

              signature = sigSSHToASN1(signature, realKeyAlgo);
              if (signature) {\n`,
    replace: `              {\n`,
  },
  {
    file: 'server.js',
    why: 'what was sent of a pack is freed at once: left to the collector, it costs more than moving the pack',
    find: `        if (isWritable(socket))
          socket.write(data);
      },\n`,
    replace: `        if (!isWritable(socket))
          return;
        const { buffer, length } = data;
        const isOwn = length >= 16384 && buffer.byteLength === length;
        socket.write(data, isOwn ? () => buffer.transfer(0) : undefined);
      },\n`,
  },
  {
    file: 'server.js',
    why: 'RFC 4254 §5.2: whoever sends past the window fills memory, and is cut off',
    find: `          // TODO: raise error on data with not enough window?
          if (channel.incoming.window === 0)
            return;\n`,
    replace: `          if (data.length > channel.incoming.window) {
            socket.destroy();
            return;
          }\n`,
  },
  {
    file: 'server.js',
    why: 'a session that was closed before it did anything was kept for ever',
    find: `            channel.emit('close');
            channel = channel._channel;
            if (!channel)
              return;\n`,
    replace: `            channel.emit('close');
            const unused = channel._chanInfo.outgoing.id;
            channel = channel._channel;
            if (!channel) {
              this._chanMgr.remove(recipient);
              proto.channelClose(unused);
              return;
            }\n`,
  },
  {
    file: 'server.js',
    why: 'what the door needs to know of a connection, and to say on it',
    find: `  setNoDelay(noDelay) {\n`,
    replace: `  get socket() {
    return this._sock;
  }
  get isExchangingKeys() {
    return this._protocol._kexinit !== undefined;
  }
  showBanner(text) {
    if (this._sock && isWritable(this._sock))
      this._protocol.authBanner(text);
  }
  setNoDelay(noDelay) {\n`,
  },
]
