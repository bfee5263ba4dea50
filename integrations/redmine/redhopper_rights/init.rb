# frozen_string_literal: true

Redmine::Plugin.register :redhopper_rights do
  name 'Rights on the board'
  author 'Postern'
  description 'Only those who see a board move its cards: Redhopper itself lets everybody who knows a number.'
  version '1.0.0'
  requires_redmine_plugin :redhopper, '2.0.0'
end

RedhopperIssuesController.prepend RedhopperRights
