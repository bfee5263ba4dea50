# frozen_string_literal: true

require 'base64'
require 'json'
require 'openssl'

module PosternSignIn
  # Who came, by the signed word of Postern (`X-Postern-Jwt-Assertion`: a JWT, RFC 7519, ES256).
  # Every way in which it cannot be believed ends in Assertion::Wrong; there is no half-believed one.
  module Assertion
    class Wrong < StandardError; end

    # Longest header looked at, and how far clocks may be apart.
    MAX_BYTES = 16_384
    SKEW_SECONDS = 30

    # @param find_key [#call] the JWK of a key id, or nil
    # @return [Hash] its claims
    def self.verify(compact, find_key:, issuer:, audience:, now: Time.now.to_i)
      raise Wrong, 'issuer and audience are not set' if issuer.empty? || audience.empty?
      raise Wrong, 'too long' if compact.bytesize > MAX_BYTES

      parts = compact.split('.', -1)
      raise Wrong, 'not a JWT' unless parts.length == 3

      head, body, signature = parts
      header = read_json(head)
      # The algorithm is ours to choose, never the token's (RFC 8725, 3.1).
      raise Wrong, 'not ES256' unless header['alg'] == 'ES256'
      raise Wrong, 'unknown critical header' if header.key?('crit')
      raise Wrong, 'no key id' unless header['kid'].is_a?(String)

      key = find_key.call(header['kid']) or raise Wrong, 'unknown key'
      check_signature("#{head}.#{body}", decode(signature), key)
      check_claims(read_json(body), issuer, audience, now)
    end

    def self.check_claims(claims, issuer, audience, now)
      raise Wrong, 'another issuer' unless claims['iss'] == issuer
      # One for another tool must not open this one.
      raise Wrong, 'for another audience' unless Array(claims['aud']).include?(audience)
      raise Wrong, 'expired' unless claims['exp'].is_a?(Integer) && claims['exp'] >= now - SKEW_SECONDS

      from = claims.fetch('nbf', 0)
      raise Wrong, 'not yet valid' unless from.is_a?(Integer) && from <= now + SKEW_SECONDS
      raise Wrong, 'nobody' unless claims['preferred_username'].is_a?(String) && !claims['preferred_username'].empty?

      claims
    end

    # JWS carries R and S side by side (RFC 7518, 3.4); OpenSSL wants them as a DER sequence.
    def self.check_signature(signed, signature, jwk)
      raise Wrong, 'wrong signature' unless signature.bytesize == 64

      numbers = [signature[0, 32], signature[32, 32]].map { |bytes| OpenSSL::ASN1::Integer(OpenSSL::BN.new(bytes, 2)) }
      valid = public_key(jwk).verify('SHA256', OpenSSL::ASN1::Sequence(numbers).to_der, signed)
      raise Wrong, 'wrong signature' unless valid
    rescue OpenSSL::OpenSSLError
      raise Wrong, 'wrong signature'
    end

    # A point on P-256 as a SubjectPublicKeyInfo (RFC 5480).
    def self.public_key(jwk)
      raise Wrong, 'not a key on P-256' unless jwk['kty'] == 'EC' && jwk['crv'] == 'P-256'

      point = "\x04".b + decode(jwk['x'].to_s) + decode(jwk['y'].to_s)
      raise Wrong, 'not a key on P-256' unless point.bytesize == 65

      OpenSSL::PKey.read(
        OpenSSL::ASN1::Sequence([
          OpenSSL::ASN1::Sequence([OpenSSL::ASN1::ObjectId('id-ecPublicKey'), OpenSSL::ASN1::ObjectId('prime256v1')]),
          OpenSSL::ASN1::BitString(point)
        ]).to_der
      )
    end

    def self.read_json(base64url)
      value = JSON.parse(decode(base64url), max_nesting: 8)
      raise Wrong, 'not a JSON object' unless value.is_a?(Hash)

      value
    rescue JSON::ParserError
      raise Wrong, 'not a JSON object'
    end

    def self.decode(base64url)
      Base64.urlsafe_decode64(base64url)
    rescue ArgumentError
      raise Wrong, 'not base64url'
    end

    private_class_method :check_claims, :check_signature, :public_key, :read_json, :decode
  end
end
