# frozen_string_literal: true

module PosternSignIn
  # Stands in front of Redmine's own question who is there.
  module EachRequest
    def find_current_user
      user = user_by_assertion
      if user.nil?
        # A session without an assertion is somebody's who came around Postern, or whose access has ended.
        reset_session if session[:user_id] && !api_request?
        return nil
      end
      self.logged_user = user unless session[:user_id] == user.id && User.verify_session_token(user.id, session[:tk])
      user.remote_ip = request.remote_ip
      user
    end

    # No other sign-in: neither password nor key of Redmine's own.
    def session_expiration; end

    def try_to_autologin; end

    private

    def user_by_assertion
      return @user_by_assertion if defined?(@user_by_assertion)

      @user_by_assertion = read_assertion
    end

    def read_assertion
      compact = request.headers['X-Postern-Jwt-Assertion']
      return nil if compact.blank?

      settings = PosternSignIn.settings
      claims = Assertion.verify(compact, find_key: PosternSignIn.published_keys,
                                         **settings.slice(:issuer, :audience))
      # Redmine's API asks for no token against forged requests, since no session of a browser opens it. Nor does one here.
      return nil if api_request? && claims.key?('sid')

      People.from_claims(claims, settings)
    rescue Assertion::Wrong, ActiveRecord::RecordInvalid => e
      logger.error("postern_sign_in: nobody is signed in: #{e.message}")
      nil
    end
  end
end
