# frozen_string_literal: true

# Asks before a card is moved, put in order or blocked whether whoever does it sees the board it is on.
module RedhopperRights
  def self.prepended(controller)
    controller.before_action :see_board
  end

  private

  def see_board
    issues = params[:issue_id] ? [Issue.find_by(id: params[:issue_id])] : []
    issues += [params[:id], params[:target_id]].compact.map { |id| RedhopperIssue.find_by(id: id)&.issue }
    may = issues.any? && issues.none?(&:nil?)
    may &&= issues.all? { |issue| issue.visible? && User.current.allowed_to?(:kanbans, issue.project) }
    # The same answer for a card that is not there.
    render_404 unless may
  end
end
