# frozen_string_literal: true

Redmine::Plugin.register :postern_sign_in do
  name 'Sign-in by Postern'
  author 'Postern'
  description 'Whoever comes through a route of Postern is signed in: believes the signed assertion, and nothing else.'
  version '1.0.0'
  requires_redmine version_or_higher: '5.0'
end

# `init.rb` runs again whenever code is loaded anew; what stands in front already stays there once.
ApplicationController.prepend PosternSignIn::EachRequest
AccountController.prepend PosternSignIn::SignOut
