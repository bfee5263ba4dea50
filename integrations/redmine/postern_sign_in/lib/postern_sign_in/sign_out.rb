# frozen_string_literal: true

module PosternSignIn
  # There is nothing to leave here; Postern answers this on Redmine's own host.
  module SignOut
    def logout
      reset_session
      redirect_to '/.postern/sign-out'
    end
  end
end
