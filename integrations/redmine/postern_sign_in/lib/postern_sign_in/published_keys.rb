# frozen_string_literal: true

require 'json'
require 'net/http'

module PosternSignIn
  # The keys that Postern publishes at `/proxy/jwks`, kept in memory.
  class PublishedKeys
    # Taken up anew after this long, and for an unknown key at most this often: a forged key id costs no request each.
    FRESH_SECONDS = 600
    RETRY_SECONDS = 15
    TIMEOUT_SECONDS = 5

    def initialize(issuer)
      @address = URI("#{issuer}/proxy/jwks")
      @keys = {}
      @asked_at = nil
      @lock = Mutex.new
    end

    def call(key_id)
      @lock.synchronize do
        refresh if stale? || (!@keys.key?(key_id) && older_than?(RETRY_SECONDS))
        @keys[key_id]
      end
    end

    private

    def stale?
      older_than?(FRESH_SECONDS)
    end

    def older_than?(seconds)
      @asked_at.nil? || now - @asked_at > seconds
    end

    def now
      Process.clock_gettime(Process::CLOCK_MONOTONIC)
    end

    # Where Postern does not answer just now, what it said last holds.
    def refresh
      @asked_at = now
      answer = Net::HTTP.start(@address.hostname, @address.port, use_ssl: @address.scheme == 'https',
                                                                 open_timeout: TIMEOUT_SECONDS,
                                                                 read_timeout: TIMEOUT_SECONDS) do |http|
        http.get(@address.path)
      end
      return unless answer.is_a?(Net::HTTPSuccess)

      @keys = JSON.parse(answer.body).fetch('keys').to_h { |key| [key['kid'], key] }
    rescue SystemCallError, SocketError, Timeout::Error, OpenSSL::SSL::SSLError, JSON::ParserError, KeyError => e
      Rails.logger.error("postern_sign_in: the keys could not be had: #{e.class}")
    end
  end
end
